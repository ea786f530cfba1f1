import { type Finding, finding } from './finding.ts';
import type { LeafMaterial } from './material.ts';

/**
 * Whether applications and a node have the same issuer: with `check_cert_issuer` (the default) the node refuses
 * them otherwise.
 *
 * @param node what the node shows on the channel port: that in `channel_cert` where there is one
 */
export function checkAgency(node: LeafMaterial, sdk: LeafMaterial): Finding[] {
  const issuerOf = ({ chain }: LeafMaterial): string => chain[0]?.identity.issuerName ?? '';
  if (issuerOf(node) === issuerOf(sdk)) return [];
  return [
    finding('other-agency', {
      path: sdk.path,
      subject: sdk.chain[0]?.identity.subjectName ?? '',
      message: `it was issued by "${issuerOf(sdk)}", and the node's (${node.path}) by "${issuerOf(node)}": the node refuses it`,
      fix: "have it made by the node's agency, or set check_cert_issuer=false in its [network_security]",
    }),
  ];
}
