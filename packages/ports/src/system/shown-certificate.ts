import { connect } from 'node:tls';
import { type CertificateIdentity, describeCertificate } from '@amop/crypto';
import type { EndpointDetails } from '../errors.ts';
import { systemClock } from './system-clock.ts';
import { dialTcp } from './tcp-dialer.ts';
import { createTlsContexts } from './tls-context.ts';
import type { TlsCredentials } from './tls-credentials.ts';
import { capturePeerCertificate } from './tls-identity.ts';

/**
 * What the certificate of the other side says, trusted or not: for a report of why it is not. The connection is
 * ended at once and nothing is sent on it.
 *
 * @param credentials shown to the other side, which may refuse them
 * @returns undefined when the handshake comes to nothing or `signal` ends it
 * @throws PortsError `AMOP_PORTS_CREDENTIALS`
 */
export async function shownCertificate(
  endpoint: EndpointDetails,
  credentials: TlsCredentials,
  signal: AbortSignal,
): Promise<CertificateIdentity | undefined> {
  const { client: secureContext } = createTlsContexts([credentials]);
  const raw = await dialTcp(endpoint, signal, systemClock).catch(() => undefined);
  if (raw === undefined) return undefined;
  return new Promise((resolve) => {
    const socket = connect({
      socket: raw,
      secureContext,
      // What is not trusted is what is looked for here.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const peerCertificate = capturePeerCertificate(socket);
    const stop = (): void => void socket.destroy();
    signal.addEventListener('abort', stop, { once: true });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(undefined);
    });
    socket.once('secureConnect', () => {
      resolve(identityIn(peerCertificate()?.raw));
      stop();
    });
    if (signal.aborted) stop();
  });
}

function identityIn(der: Uint8Array | undefined): CertificateIdentity | undefined {
  try {
    return der === undefined ? undefined : describeCertificate(der);
  } catch {
    // One that cannot be read says nothing.
    return undefined;
  }
}
