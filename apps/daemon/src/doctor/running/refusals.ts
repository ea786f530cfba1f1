import type { NodeState, RefusedState } from '@amop/node';
import type { DoctorFinding } from '../finding.ts';

const RECENT_MS = 3_600_000;

/** Told as nodes that are not reached, for as long as they are not. */
const OF_DIALLING: ReadonlySet<string> = new Set([
  'nobody-listens',
  'unreachable',
  'no-answer',
  'no-such-name',
]);

/** The last refusals, one finding for each reason; those of an hour ago and before are notes. */
export function checkRefusals(
  subject: string,
  { refusals, unreached }: Pick<NodeState, 'refusals' | 'unreached'>,
  nowMs: number,
): DoctorFinding[] {
  const missing = new Set(unreached.map(({ endpoint }) => endpoint));
  const groups = new Map<string, RefusedState[]>();
  for (const refused of refusals) {
    const { kind, reason, remoteHost, remotePort } = refused;
    const isDialled = OF_DIALLING.has(reason) || missing.has(`${remoteHost}:${remotePort}`);
    if (kind === 'peer' && isDialled) continue;
    const key = `${kind} ${reason}`;
    groups.set(key, [...(groups.get(key) ?? []), refused]);
  }
  return [...groups.values()].flatMap((group) => {
    const last = group.at(-1);
    if (last === undefined) return [];
    const severity = nowMs - last.atMs < RECENT_MS ? 'warning' : 'note';
    const { commonName, fix, kind, reason } = last;
    const who =
      commonName === undefined ? last.remoteHost : `${commonName} from ${last.remoteHost}`;
    const times = group.length === 1 ? 'once' : `${group.length} times`;
    const when = new Date(last.atMs).toISOString();
    const message = `${kind} refused ${times}, last ${who} at ${when}: ${last.message}`;
    return [{ severity, code: reason, subject, message, fix } satisfies DoctorFinding];
  });
}
