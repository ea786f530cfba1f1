import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import {
  type CheckedCredentials,
  checkCredentials,
  leadsElsewhere,
  type TlsCredentials,
  unusable,
} from './tls-credentials.ts';
import { type AuthorityReference, authoritiesIn } from './tls-identity.ts';

/**
 * Curves for ECDHE, and for the keys in certificates with TLS 1.2. secp256k1 must be in the list of
 * both ends for certificates on that curve.
 *
 * Not X25519: the TLS library of the original SDKs and nodes gives its number, 29, to a curve of its
 * own. They offer it, and fail the handshake when it is chosen (Java SDK 2.9.3: `invalid encoding`).
 */
const CURVES = 'prime256v1:secp256k1';

/** What the two sides of the transport are made of. */
export interface TlsContexts {
  /** Options of the accepting side: every certificate, tickets and renegotiation off. */
  readonly server: SecureContextOptions;
  /** Context of the dialling side: the first certificate. */
  readonly client: SecureContext;
  /** The certificates that are trusted. */
  readonly authorities: readonly AuthorityReference[];
  /** Whether the dialling side's certificate leads to its own `ca`. */
  readonly leadsToOwnCa: boolean;
}

/**
 * Makes the TLS settings of a transport.
 *
 * @param credentials one, or several with keys of different kinds (e.g. Ed25519 beside secp256k1)
 * @throws PortsError `AMOP_PORTS_CREDENTIALS`
 */
export function createTlsContexts(
  credentials: readonly TlsCredentials[],
  options: { readonly requireOwnChain?: boolean } = {},
): TlsContexts {
  const checked = credentials.map(checkCredentials);
  const first = checked[0];
  if (first === undefined) throw unusable('certificate', 'there is none');
  const astray = checked.find(({ leadsToOwnCa }) => !leadsToOwnCa);
  if (options.requireOwnChain === true && astray !== undefined) throw leadsElsewhere(astray);
  const server: SecureContextOptions = {
    ...settingsOf(checked),
    // Without tickets and cached sessions each connection shows its certificate anew.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
  try {
    // The accepting side makes its context from these options when it listens: too late to say no.
    createSecureContext(server);
    return {
      server,
      client: createSecureContext(settingsOf([first])),
      authorities: checked.flatMap(({ ca }) => authoritiesIn(ca)),
      leadsToOwnCa: first.leadsToOwnCa,
    };
  } catch (cause) {
    throw unusable('certificate', cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function settingsOf(credentials: readonly CheckedCredentials[]): SecureContextOptions {
  const [first] = credentials;
  // TLS 1.3 has no signature scheme for secp256k1: with no other key to offer, 1.2 is the limit.
  const onlySecp256k1 = credentials.length === 1 && first?.curve === 'secp256k1';
  return {
    ca: credentials.map(({ ca }) => ca),
    cert: credentials.map(({ certificate }) => certificate),
    key: credentials.map(({ key, passphrase }) => ({
      pem: key,
      ...(passphrase === undefined ? {} : { passphrase }),
    })),
    ecdhCurve: CURVES,
    minVersion: 'TLSv1.2',
    maxVersion: onlySecp256k1 ? 'TLSv1.2' : 'TLSv1.3',
  };
}
