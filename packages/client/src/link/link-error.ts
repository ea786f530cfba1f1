import { isPortsError } from '@amop/ports';
import { ClientError } from '../errors.ts';

const ENDED_BY_NODE = 'ended-by-node';

/**
 * The error of a link from what the transport said.
 *
 * `AMOP_CLIENT_CERTIFICATE` (not retryable) when a certificate or a key is at fault: trying again
 * cannot help until somebody changes it. Else `AMOP_CLIENT_NOT_CONNECTED`, retryable.
 *
 * @param cause what `dial` threw or `onClose` brought; undefined for an end by the other side
 */
export function linkError(cause: unknown, endpoint: string): ClientError {
  if (cause instanceof ClientError) return cause;
  if (isPortsError(cause, 'AMOP_PORTS_TLS_REFUSED_BY_PEER')) {
    return certificateError(
      `node ${endpoint} refused the certificate of this client (TLS alert ${cause.details.alert}): use an sdk folder of the agency that this node belongs to`,
      endpoint,
      'refused-by-node',
      cause,
    );
  }
  if (isPortsError(cause, 'AMOP_PORTS_TLS_UNTRUSTED_PEER')) {
    return certificateError(
      `the certificate of node ${endpoint} does not lead to the authority in ca.crt (${cause.details.reason}): use the sdk folder made for applications of this node, and its channel port`,
      endpoint,
      'untrusted-node',
      cause,
    );
  }
  if (isPortsError(cause, 'AMOP_PORTS_CREDENTIALS')) {
    return certificateError(
      `tls: ${cause.details.part} cannot be used: ${cause.details.reason}`,
      undefined,
      'bad-credentials',
      cause,
    );
  }
  const text = cause instanceof Error ? cause.message : 'the node ended the connection';
  const reason = cause === undefined ? ENDED_BY_NODE : 'link-failed';
  return new ClientError(
    'AMOP_CLIENT_NOT_CONNECTED',
    `node ${endpoint}: ${text}`,
    { hop: 'client', node: endpoint, reason, retryable: true },
    { cause },
  );
}

/** The error of a link whose node hangs up on certificates of another agency. */
export function foreignAgencyError(endpoint: string, own: string, node: string): ClientError {
  return certificateError(
    `node ${endpoint} ends each connection before a word: its certificate comes from agency ${JSON.stringify(node)}, that of this client from ${JSON.stringify(own)}; use an sdk folder of ${JSON.stringify(node)}, or see the node's log`,
    endpoint,
    'refused-by-node',
    undefined,
  );
}

/** Whether a link ended in good order from the other side. */
export function isEndedByNode(error: ClientError): boolean {
  return error.details.reason === ENDED_BY_NODE;
}

/** Whether a link ended for a reason that trying again soon cannot cure. */
export function isCertificateError(error: ClientError): boolean {
  return error.code === 'AMOP_CLIENT_CERTIFICATE';
}

function certificateError(
  message: string,
  node: string | undefined,
  reason: string,
  cause: unknown,
): ClientError {
  return new ClientError(
    'AMOP_CLIENT_CERTIFICATE',
    message,
    { hop: 'client', reason, ...(node === undefined ? {} : { node }) },
    { cause },
  );
}
