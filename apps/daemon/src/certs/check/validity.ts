import { formatDay } from '../made-report.ts';
import { type Finding, finding } from './finding.ts';
import type { CheckedCertificate } from './material.ts';

/** A certificate with its time, and what to do when it is about to end. */
export interface DatedCertificate {
  /** Where it is. */
  readonly path: string;
  readonly subjectName: string;
  /** Ms since 1970. */
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly renewal: string;
}

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
    const renewal =
      place === 0
        ? `renew it with: amop certs renew ${path}`
        : 'renew the authority (amop certs renew), then what it issued';
    return checkDates({ ...identity, path, renewal }, nowMs);
  });
}

/** The same of one certificate of which no more than its time is known. */
export function checkDates(certificate: DatedCertificate, nowMs: number): Finding[] {
  const { path, renewal: fix, subjectName: subject, validFromMs, validToMs } = certificate;
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
}
