import { DaemonError } from '../errors.ts';
import { jsonLine } from '../output/body-json.ts';
import { printableLine } from '../output/text.ts';
import type { Checked, DoctorFinding, Severity } from './finding.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/** All findings, errors first. */
export function sortFindings(checked: readonly Checked[]): DoctorFinding[] {
  const all = checked.flatMap(({ findings }) => findings);
  return ORDER.flatMap((severity) => all.filter((each) => each.severity === severity));
}

/** One JSON object a line: `severity`, `code`, `subject`, `message`, `fix`. */
export function findingsAsJson(findings: readonly DoctorFinding[]): string {
  return findings.map((each) => jsonLine(each)).join('');
}

/** Each finding for a person, what to do below it. */
export function findingsAsText(findings: readonly DoctorFinding[]): string {
  return findings
    .map(({ code, fix, message, severity, subject }) => {
      const what = `${printableLine(`${subject}: ${severity}: ${message} (${code})`)}\n`;
      return fix === undefined ? what : `${what}    ${printableLine(fix)}\n`;
    })
    .join('');
}

/**
 * The line at the end when there is no error.
 *
 * @param checked what was looked at
 */
export function closingLine(
  findings: readonly DoctorFinding[],
  checked: readonly Checked[],
): string {
  const counted = countsOf(findings);
  if (counted !== '') return `${counted}\n`;
  const looked = checked.flatMap((each) => each.looked ?? []);
  return `nothing wrong found; checked: ${looked.join(', ')}\n`;
}

/** @throws DaemonError `AMOP_DAEMON_DOCTOR_FINDINGS` when there are errors; its line is the one at the end then */
export function refuseErrors(findings: readonly DoctorFinding[]): void {
  const count = (severity: Severity): number =>
    findings.filter((each) => each.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (errors === 0) return;
  throw new DaemonError('AMOP_DAEMON_DOCTOR_FINDINGS', countsOf(findings), { errors, warnings });
}

/** `3 errors, 1 warning`; empty for none. Notes do not count. */
function countsOf(findings: readonly DoctorFinding[]): string {
  return (['error', 'warning'] as const)
    .map((severity) => [findings.filter((each) => each.severity === severity).length, severity])
    .filter(([count]) => count !== 0)
    .map(([count, severity]) => `${count} ${severity}${count === 1 ? '' : 's'}`)
    .join(', ');
}
