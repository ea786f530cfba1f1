import { type Finding, finding } from './finding.ts';
import type { LeafMaterial } from './material.ts';

/** What a node shows on its channel port, and where that was seen. */
export interface ShownLeaf {
  /** A file, or the address of the port. */
  readonly path: string;
  readonly issuerName: string;
}

/**
 * Whether applications and a node have the same issuer: with `check_cert_issuer` (the default) the node refuses
 * them otherwise.
 *
 * @param node what the node shows on the channel port: that in `channel_cert` where there is one
 */
export function checkAgency(node: ShownLeaf, sdk: LeafMaterial): Finding[] {
  const issuer = issuerOf(sdk);
  if (node.issuerName === issuer) return [];
  return [
    finding('other-agency', {
      path: sdk.path,
      subject: sdk.chain[0]?.identity.subjectName ?? '',
      message: `it was issued by "${issuer}", and the node's (${node.path}) by "${node.issuerName}": the node refuses it`,
      fix: "have it made by the node's agency, or set check_cert_issuer=false in its [network_security]",
    }),
  ];
}

/** Name of the issuer of the leaf. */
export function issuerOf({ chain }: LeafMaterial): string {
  return chain[0]?.identity.issuerName ?? '';
}
