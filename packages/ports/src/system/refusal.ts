import type { EndpointDetails, PortsErrorCode } from '../errors.ts';
import type { Refusal } from '../transport.ts';
import type { HandshakeCut, HandshakeEnd } from './handshakes.ts';
import { alertOf, reasonOf, refusesCertificate, verdictOf } from './tls-errors.ts';

const CUT_CODES: Readonly<Record<HandshakeCut, PortsErrorCode>> = {
  'handshake-timeout': 'AMOP_PORTS_TLS_FAILED',
  'listener-closed': 'AMOP_PORTS_TLS_FAILED',
  'gave-way': 'AMOP_PORTS_TOO_MANY_HANDSHAKES',
};

/** Says why a handshake ended without a connection. */
export function refusalOf(endpoint: EndpointDetails, end: HandshakeEnd): Refusal {
  switch (end.kind) {
    case 'cut':
      return refusal(endpoint, 'AMOP_PORTS_TLS_FAILED', 'cut');
    case 'ended-here':
      return refusal(endpoint, CUT_CODES[end.reason], end.reason);
    case 'failed':
      return refusalOfError(endpoint, end.error);
  }
}

/** The refusal for a certificate that OpenSSL does not trust; `verdict` undefined: there is none. */
export function untrusted(endpoint: EndpointDetails, verdict: unknown): Refusal {
  const reason = verdict === undefined ? 'no-certificate' : verdictOf(verdict);
  return refusal(endpoint, 'AMOP_PORTS_TLS_UNTRUSTED_PEER', reason);
}

/** The refusal for a trusted certificate that nobody can be read from. */
export function unreadableCertificate(endpoint: EndpointDetails): Refusal {
  return refusal(endpoint, 'AMOP_PORTS_TLS_UNTRUSTED_PEER', 'unreadable-certificate');
}

function refusalOfError(endpoint: EndpointDetails, error: unknown): Refusal {
  const reason = reasonOf(error);
  const alert = alertOf(error);
  if (alert !== undefined && refusesCertificate(alert)) {
    return refusal(endpoint, 'AMOP_PORTS_TLS_REFUSED_BY_PEER', alert);
  }
  return refusal(endpoint, 'AMOP_PORTS_TLS_FAILED', reason);
}

function refusal({ host, port }: EndpointDetails, code: PortsErrorCode, reason: string): Refusal {
  return { code, remoteHost: host, remotePort: port, reason };
}
