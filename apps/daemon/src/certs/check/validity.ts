import { formatDay } from '../made-report.ts';
import { type Finding, finding } from './finding.ts';
import type { CheckedCertificate } from './material.ts';

/** From so many days before its end a certificate is pointed out. */
export const WARN_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Whether each of the certificates is valid, and for how long.
 *
 * @param path the file that they are read from
 * @param certificates the leaf and what it leads to
 * @param nowMs ms since 1970
 */
export function checkValidity(
  path: string,
  certificates: readonly CheckedCertificate[],
  nowMs: number,
): Finding[] {
  return certificates.flatMap(({ identity }, place) => {
    const { subjectName: subject, validFromMs, validToMs } = identity;
    const fix =
      place === 0
        ? `renew it with: amop certs renew ${path}`
        : 'renew the authority (amop certs renew), then what it issued';
    if (nowMs > validToMs) {
      const message = `"${subject}" ended on ${formatDay(validToMs)}`;
      return [finding('expired', { path, subject, message, fix })];
    }
    if (nowMs < validFromMs) {
      const begin = new Date(validFromMs).toISOString();
      const message = `"${subject}" begins at ${begin}, and here it is ${new Date(nowMs).toISOString()}`;
      const wait = 'set the clock of this machine, or wait';
      return [finding('not-yet-valid', { path, subject, message, fix: wait })];
    }
    const days = Math.floor((validToMs - nowMs) / DAY_MS);
    if (days >= WARN_DAYS) return [];
    const message = `"${subject}" ends on ${formatDay(validToMs)}, in ${days} ${days === 1 ? 'day' : 'days'}`;
    return [finding('ends-soon', { path, subject, message, fix })];
  });
}
