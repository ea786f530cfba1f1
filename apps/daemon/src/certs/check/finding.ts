/** Name of what a check of certificates may find; stable. */
export type FindingCode =
  /** No ca.crt beside the certificate. */
  | 'no-ca'
  /** The chain leads to another root than ca.crt. */
  | 'foreign-ca'
  /** An issuer is missing between certificate and ca.crt. */
  | 'incomplete-chain'
  /** An issuer that may not issue. */
  | 'not-an-authority'
  /** An issuer without BasicConstraints. */
  | 'no-basic-constraints'
  /** A root without BasicConstraints. */
  | 'bare-root'
  /** A certificate without BasicConstraints: issuer checks pass it over. */
  | 'bare-leaf'
  /** Ended. */
  | 'expired'
  /** Begins later. */
  | 'not-yet-valid'
  /** Ends within 30 days. */
  | 'ends-soon'
  /** No key beside the certificate. */
  | 'no-key'
  /** The key of another certificate. */
  | 'other-key'
  /** A file that is no key. */
  | 'broken-key'
  /** An encrypted key that was not opened. */
  | 'locked-key'
  /** A key that others may read or write. */
  | 'open-key'
  /** The certificate of an application as that of a node. */
  | 'wrong-place'
  /** The certificate of a node as that of applications. */
  | 'node-as-application'
  /** Neither OU=node nor OU=sdk. */
  | 'no-role'
  /** An extended key usage that this side of TLS does not take. */
  | 'wrong-purpose'
  /** An authority where the certificate of a node or application belongs. */
  | 'authority-as-leaf'
  /** Applications and node of two issuers. */
  | 'other-agency'
  /** A node.nodeid that is not that of the certificate. */
  | 'other-node-id'
  /** SM2 keys (GM), which this implementation does not have. */
  | 'gm-certificate';

/** What works, and should be changed; a TLS peer or a node will refuse the rest. */
const WARNINGS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'bare-root',
  'bare-leaf',
  'ends-soon',
  'no-key',
  'locked-key',
  'open-key',
  'node-as-application',
  'no-role',
  'other-node-id',
]);

/** One thing that is wrong, and what to do about it. */
export interface Finding {
  readonly code: FindingCode;
  /** `error`: a TLS peer or a node will refuse it. */
  readonly severity: 'error' | 'warning';
  /** The file at fault. */
  readonly path: string;
  /** Name of the certificate at fault, where there is one. */
  readonly subject?: string;
  /** One sentence without its full stop. */
  readonly message: string;
  /** What to do, one sentence without its full stop. */
  readonly fix: string;
}

/** A finding, with the severity of its code. */
export function finding(code: FindingCode, facts: Omit<Finding, 'code' | 'severity'>): Finding {
  return { code, severity: WARNINGS.has(code) ? 'warning' : 'error', ...facts };
}
