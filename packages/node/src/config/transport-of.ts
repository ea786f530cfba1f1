import { createTlsTransport, systemClock, type TlsTransport } from '@amop/ports/system';
import { checkValidity } from './check-validity.ts';
import { credentialsError } from './credentials-error.ts';
import type { Credentials } from './node-config.ts';

/**
 * The transport of credentials that fit together and are valid.
 *
 * @param port `channel` or `p2p`, named where the credentials did not come from files
 * @param wallMs ms since 1970
 * @throws NodeError `AMOP_NODE_CREDENTIALS`, naming the file, what is wrong and what to do
 */
export function transportOf(
  credentials: Credentials,
  port: 'channel' | 'p2p',
  wallMs: number = systemClock.wallMs(),
): TlsTransport {
  try {
    const transport = createTlsTransport(credentials, { requireOwnChain: true });
    checkValidity(credentials, wallMs);
    return transport;
  } catch (cause) {
    throw credentialsError(credentials, port, cause);
  }
}
