import { basename } from 'node:path';
import { jsonLine } from '../../output/body-json.ts';
import { certificateLines, formatDay } from '../made-report.ts';
import type { Renewal } from './renewal.ts';

/** Ends so little apart are the same: both were made one after the other. */
const DAY_MS = 86_400_000;

/** Paths of the old files by those of the new ones. */
type Kept = ReadonlyMap<string, string>;

/** What was renewed, for a person, and what is to be done now. */
export function formatRenewals(renewals: readonly Renewal[], kept: Kept): string {
  const lines = renewals.flatMap((renewal) => [...linesOf(renewal, kept), '']);
  return `${[...lines, ...adviceFor(renewals)].join('\n')}\n`;
}

/** The same as one JSON object for each certificate. */
export function renewalLines(renewals: readonly Renewal[], kept: Kept): string {
  return renewals
    .map(({ renewed, replacements, target }) => {
      const { fingerprint256, nodeId, subjectName, validToMs } = renewed;
      const { identity, kind, path } = target;
      const old = {
        oldValidToMs: identity.validToMs,
        oldFingerprint256: identity.fingerprint256,
        ...(identity.nodeId !== nodeId && { oldNodeId: identity.nodeId }),
      };
      const oldFiles = replacements.flatMap((file) => kept.get(file.path) ?? []);
      const id = isLeaf(kind) && nodeId !== undefined ? { nodeId } : {};
      return jsonLine({
        path,
        kind,
        subjectName,
        ...id,
        fingerprint256,
        validToMs,
        ...old,
        oldFiles,
      });
    })
    .join('');
}

function linesOf({ issuerEndsMs, renewed, replacements, target }: Renewal, kept: Kept): string[] {
  const { fingerprint256, nodeId, subjectName, validToMs } = renewed;
  const { identity, kind, path } = target;
  const id = isLeaf(kind) && nodeId !== undefined ? { nodeId } : {};
  const lines = certificateLines({ path, subjectName, ...id, fingerprint256, validToMs });
  const before = `      before       until ${formatDay(identity.validToMs)}`;
  const isNewKey = identity.nodeId !== nodeId;
  const oldFiles = replacements
    .flatMap((file) => kept.get(file.path) ?? [])
    .map((old) => basename(old));
  return [
    ...lines.slice(0, 3),
    before,
    ...lines.slice(3),
    ...(isNewKey && isLeaf(kind) ? [`      old node ID  ${identity.nodeId ?? 'none'}`] : []),
    `      old files    ${oldFiles.join(' ')}`,
    ...(issuerEndsMs < validToMs - DAY_MS
      ? [`      ITS AUTHORITY ENDS ON ${formatDay(issuerEndsMs)}: renew that as well`]
      : []),
  ];
}

function adviceFor(renewals: readonly Renewal[]): string[] {
  const has = (...kinds: readonly string[]): boolean =>
    renewals.some(({ target }) => kinds.includes(target.kind));
  const changedNode = renewals.some(
    ({ renewed, target }) => target.kind === 'node' && renewed.nodeId !== target.identity.nodeId,
  );
  return [
    ...(has('node')
      ? [
          changedNode
            ? 'A running node takes a new key at its next start only.'
            : 'A running node uses the old certificates until SIGHUP (kill -HUP) or its next start.',
        ]
      : []),
    ...(has('sdk') ? ['A running application uses the old certificate until its next start.'] : []),
    ...(has('sdk')
      ? [
          'A rule for one certificate ([amop_permissions] certificate:...) needs its new fingerprint.',
        ]
      : []),
    ...(changedNode
      ? [
          'The node ID is another: put it in place of the old one in [certificate_whitelist] (cal.N=) and',
          '[certificate_blacklist] (crl.N=) of the config.ini of every other node.',
        ]
      : []),
    ...(has('agency')
      ? [
          "Renew what the agency issued, too: its nodes and applications show the agency's certificate.",
        ]
      : []),
    ...(has('root')
      ? [
          'Copy it over every ca.crt of its nodes and applications, before the old one ends; then renew their',
          'certificates, which show the root too. The order does not matter: name and key are the same.',
        ]
      : []),
  ];
}

function isLeaf(kind: Renewal['target']['kind']): boolean {
  return kind === 'node' || kind === 'sdk';
}
