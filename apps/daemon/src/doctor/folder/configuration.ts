import { statSync } from 'node:fs';
import type { InspectedConfig } from '@amop/node';
import { type Checked, type DoctorFinding, ofNodeError } from '../finding.ts';

/** Clocks of two machines, or of one and its file server, differ by so much. */
const CLOCK_TOLERANCE_MS = 60_000;

/** What is wrong with `config.ini`, in the words of the node itself. */
export function checkConfiguration(
  path: string,
  { errors, warnings }: InspectedConfig,
  nowMs: number,
): Checked {
  const findings: DoctorFinding[] = [
    ...errors.map((error) => ofNodeError(error, path)),
    ...warnings.map(({ code, file = path, fix, message }): DoctorFinding => {
      const said = message.replace(`${file}: `, '').replace(`${file} `, '');
      return { severity: 'warning', code, subject: file, message: said, fix };
    }),
    ...checkFileTime(path, nowMs),
  ];
  return { findings, looked: 'configuration' };
}

function checkFileTime(path: string, nowMs: number): DoctorFinding[] {
  const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changedMs <= nowMs + CLOCK_TOLERANCE_MS) return [];
  return [
    {
      severity: 'warning',
      code: 'clock',
      subject: path,
      message: `it was written at ${new Date(changedMs).toISOString()}, and here it is ${new Date(nowMs).toISOString()}`,
      fix: 'set the clock of this machine: certificates are refused by it',
    },
  ];
}
