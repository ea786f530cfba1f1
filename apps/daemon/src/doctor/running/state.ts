import { type NodeState, REFUSAL_REASONS, refusalText } from '@amop/node';
import type { DaemonCounters } from '../../admin/admin-source.ts';
import { checkDates } from '../../certs/check/validity.ts';
import { type DoctorFinding, ofCertificates } from '../finding.ts';
import { checkRefusals } from './refusals.ts';

/** Part of a limit from which on it is pointed out. */
const NEAR = 0.9;

/** What the admin port of a node tells. */
export interface Running {
  /** `host:port` of the admin port. */
  readonly admin: string;
  readonly state: NodeState;
  readonly counters: DaemonCounters;
}

/**
 * What is wrong with a node that runs.
 *
 * @param nowMs ms since 1970
 */
export function checkRunning({ admin, counters, state }: Running, nowMs: number): DoctorFinding[] {
  return [
    ...checkStopping(admin, state),
    ...state.certificates.flatMap(({ subject, validFromMs, validToMs }) => {
      const renewal = 'renew it (amop certs renew), then: amop reload';
      const dated = { path: admin, subjectName: subject, validFromMs, validToMs, renewal };
      return checkDates(dated, nowMs).map(ofCertificates);
    }),
    ...state.unreached.flatMap((unreached) => checkUnreached(unreached)),
    ...checkRefusals(admin, state, nowMs),
    ...checkCounters(admin, counters),
    ...checkLimits(admin, state, counters),
  ];
}

function checkStopping(subject: string, { isStopping }: NodeState): DoctorFinding[] {
  if (!isStopping) return [];
  const message = 'the node is stopping and takes no new messages';
  return [{ severity: 'error', code: 'stopping', subject, message, fix: 'start it again' }];
}

function checkUnreached({
  endpoint: subject,
  failure,
  fix,
  reason,
}: NodeState['unreached'][number]): DoctorFinding[] {
  if (failure === undefined) {
    const message = 'the node has not connected to it yet';
    return [{ severity: 'note', code: 'not-connected-yet', subject, message }];
  }
  // A newer node may have more reasons.
  const isKnown = reason !== undefined && REFUSAL_REASONS.includes(reason);
  const message = `not reached: ${isKnown ? refusalText(reason).message : failure}`;
  const code = reason ?? 'unreached';
  return [{ severity: 'error', code, subject, message, ...(fix !== undefined && { fix }) }];
}

function checkCounters(subject: string, { auditDropped, cuts }: DaemonCounters): DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const slow = cuts['slow-consumer'];
  if (slow > 0) {
    findings.push({
      severity: 'warning',
      code: 'slow-consumer',
      subject,
      message: `${slow} ${slow === 1 ? 'connection was' : 'connections were'} cut since the start for not taking what was sent`,
      fix: 'amop top shows who has much queued: look at those applications and at the network to them',
    });
  }
  // Left out by nodes of an older version.
  if ((auditDropped ?? 0) > 0) {
    findings.push({
      severity: 'warning',
      code: 'audit-dropped',
      subject,
      message: `${auditDropped} records did not get into the audit log`,
      fix: 'look at the disk of audit_log: it is full or too slow',
    });
  }
  return findings;
}

function checkLimits(
  subject: string,
  { limits }: NodeState,
  counters: DaemonCounters,
): DoctorFinding[] {
  // Left out by nodes of an older version.
  if (limits === undefined) return [];
  const used = [
    ['max_sessions', counters.sessions, limits.maxSessions],
    ['max_peers', counters.peers, limits.maxPeers],
    ['max_topics', counters.topics, limits.maxTopics],
  ] as const;
  return used
    .filter(([, count, limit]) => count >= limit * NEAR)
    .map(([key, count, limit]) => ({
      severity: 'warning',
      code: 'near-limit',
      subject,
      message: `${count} of ${key} ${limit} are used`,
      fix: `raise ${key} in [amop] of config.ini and reload, or find out who takes so many`,
    }));
}
