/** What is wrong, and what to do about it. */
export interface RefusalText {
  /** Goes on from "refused: ". */
  readonly message: string;
  readonly fix: string;
}

/** Every {@link RefusalReason}. */
export const REFUSAL_REASONS = [
  'too-many-sessions',
  'too-many-peers',
  'too-many-handshakes',
  'other-agency',
  'node-blacklisted',
  'node-not-whitelisted',
  'application-blacklisted',
  'application-not-whitelisted',
  'lost-permission',
  'sdk-certificate',
  'no-node-id',
  'no-certificate',
  'other-authority',
  'certificate-expired',
  'certificate-not-yet-valid',
  'certificate-revoked',
  'refuses-this-node',
  'not-tls',
  'no-common-tls',
  'handshake-timeout',
  'hung-up',
  'tls-failed',
  'nobody-listens',
  'unreachable',
  'no-answer',
  'no-such-name',
  'twelve-byte-header',
  'no-p2p-frame',
  'ended-by-peer',
  'own-key',
  'own-channel-port',
  'node-certificate',
] as const;

/** Why a connection was refused; the names of the labels in metrics. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

const REFUSALS: Readonly<Record<RefusalReason, RefusalText>> = {
  'too-many-sessions': {
    message: 'this node has as many applications as it may have',
    fix: 'end some, or raise max_sessions in [amop] of config.ini',
  },
  'too-many-peers': {
    message: 'this node has as many peers as it may have',
    fix: 'raise max_peers in [amop] of config.ini',
  },
  'too-many-handshakes': {
    message: 'more TLS handshakes were under way than may be, and this was the oldest',
    fix: 'find out who connects and does not go on; max_handshakes in [amop] is the limit',
  },
  'other-agency': {
    message: 'its certificate comes from another agency than that of this node',
    fix: 'use an sdk folder of the agency of this node, or set check_cert_issuer=false in [network_security]',
  },
  'node-blacklisted': {
    message: 'its node ID is in certificate_blacklist',
    fix: 'if it is to connect, take its node ID out of [certificate_blacklist] and reload',
  },
  'node-not-whitelisted': {
    message: 'its node ID is not in certificate_whitelist',
    fix: 'if it is to connect, add cal.N=NODE_ID to [certificate_whitelist] and reload',
  },
  'application-blacklisted': {
    message: 'its certificate is in amop_sdk_blacklist',
    fix: 'if it is to connect, take its fingerprint out of [amop_sdk_blacklist] and reload',
  },
  'application-not-whitelisted': {
    message: 'its certificate is not in amop_sdk_whitelist',
    fix: 'if it is to connect, add cal.N=FINGERPRINT to [amop_sdk_whitelist] and reload',
  },
  'lost-permission': {
    message: 'it subscribes a topic that it may not subscribe any more',
    fix: 'if it is to, add the topic to its subscribe rule in [amop_permissions] and reload',
  },
  'sdk-certificate': {
    message:
      'its certificate is one for applications (OU=sdk), which connect to the channel port of their node',
    fix: 'connect applications to the channel port; a node needs a certificate with OU=node',
  },
  'no-node-id': {
    message: 'its certificate has no EC key, so it has no node ID',
    fix: 'give the node a certificate with a secp256k1 or P-256 key',
  },
  'no-certificate': {
    message: 'it showed no certificate',
    fix: 'give it the certificate and key of its folder: both sides must show one',
  },
  'other-authority': {
    message: 'its certificate does not lead to an authority in ca_cert of this node',
    fix: "compare its issuer with this node's ca.crt: `amop certs show` prints both; both sides need certificates of one chain",
  },
  'certificate-expired': {
    message: 'its certificate, or one it leads to, has expired',
    fix: 'renew it: `amop certs renew`; if its dates are good, set the clock of this machine',
  },
  'certificate-not-yet-valid': {
    message: 'its certificate is not valid yet',
    fix: 'compare the clocks of this machine and of the one that made the certificate',
  },
  'certificate-revoked': {
    message: 'its certificate is revoked by the list in crl_file',
    fix: 'give it a new certificate, if it is to connect',
  },
  'refuses-this-node': {
    message: "it does not accept this node's certificate",
    fix: 'its ca.crt must be the authority of this node: is its folder for another organisation, chain or profile? A Java without secp256k1 ends so too (docs/interop.md)',
  },
  'not-tls': {
    message: 'what it sent is not TLS',
    fix: 'applications and nodes speak TLS: is a browser, a probe or an HTTP client set to this port, or node.N in [p2p] to that of another service?',
  },
  'no-common-tls': {
    message: 'it has no TLS version, cipher or curve in common with this node',
    fix: 'nodes and SDKs need TLS 1.2 with ECDHE on secp256k1 or prime256v1; GM (SM2) sides do not connect',
  },
  'handshake-timeout': {
    message: 'its TLS handshake was not done in time',
    fix: 'look at the network between; handshake_timeout_ms in [amop] is the limit',
  },
  'hung-up': {
    message: 'it hung up during the TLS handshake',
    fix: 'its log says why: most often it does not accept the certificate of this node',
  },
  'tls-failed': {
    message: 'its TLS handshake failed',
    fix: 'the detail is what OpenSSL says',
  },
  'nobody-listens': {
    message: 'nobody listens there',
    fix: 'start the node there, or correct node.N in [p2p]: the p2p port of the other node is meant (30300 in most)',
  },
  unreachable: {
    message: 'there is no way to that address',
    fix: 'look at the network and the address in node.N of [p2p]',
  },
  'no-answer': {
    message: 'nothing answered in time',
    fix: 'look at the address in node.N of [p2p], and at firewalls: they drop what they do not allow',
  },
  'no-such-name': {
    message: 'the name has no address',
    fix: 'correct the name in node.N of [p2p], or look at the name service of this machine',
  },
  'twelve-byte-header': {
    message: 'it speaks the 12-byte p2p header of 2.0.0-rc1',
    fix: 'set supported_version in [compatibility] of its config.ini to 2.0.0 or later',
  },
  'no-p2p-frame': {
    message: 'the connection ended before a p2p frame came',
    fix: 'node.N in [p2p] has to name the p2p port there, not the channel port; if it does, that node refuses this one: its operator finds why in the log there',
  },
  'ended-by-peer': {
    message: 'it ended the connection before a p2p frame came',
    fix: 'it refuses this node: its operator finds why in the log there (a list, a full node)',
  },
  'own-key': {
    message: 'the node there has the key of this one',
    fix: 'one of the two conf folders is a copy: give the node that is new a key of its own, `amop certs add-node`',
  },
  'own-channel-port': {
    message: 'that is the channel port of this node itself',
    fix: 'node.N in [p2p] names the p2p ports of other nodes: correct or remove it',
  },
  'node-certificate': {
    message: 'it is a node (OU=node) of another agency, and this is the port for applications',
    fix: 'tell its operator the p2p port of this node: that is what belongs into node.N there',
  },
};

/** The words for a refusal: the same in the log of the node and in `amop doctor`. */
export function refusalText(reason: RefusalReason): RefusalText {
  return REFUSALS[reason];
}

/** How often each reason occurred, at zero. */
export function createRefusalCounts(): Record<RefusalReason, number> {
  const counts: Partial<Record<RefusalReason, number>> = {};
  for (const reason of REFUSAL_REASONS) counts[reason] = 0;
  // Complete: it was filled from the list of all.
  return counts as Record<RefusalReason, number>;
}
