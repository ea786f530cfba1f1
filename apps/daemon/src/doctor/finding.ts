import type { NodeError } from '@amop/node';
import type { Finding } from '../certs/check/finding.ts';

/** How much a finding matters: refused or not reached; works and should be changed; good to know. */
export type Severity = 'error' | 'warning' | 'note';

/** One thing that `amop doctor` has found. */
export interface DoctorFinding {
  readonly severity: Severity;
  /** Stable name: of the check, of the error or of the reason of a refusal. */
  readonly code: string;
  /** The file, address or port it is about. */
  readonly subject: string;
  /** One sentence without its full stop. */
  readonly message: string;
  /** What to do, one sentence without its full stop; left out of notes that ask for nothing. */
  readonly fix?: string;
}

/** What a check has found, and what it has looked at. */
export interface Checked {
  readonly findings: readonly DoctorFinding[];
  /** In a few words, for a person: `2 certificates`. */
  readonly looked?: string;
}

/** A finding about certificates as one of the doctor. */
export function ofCertificates({ code, fix, message, path, severity }: Finding): DoctorFinding {
  return { severity, code, subject: path, message, fix };
}

/**
 * What a node would not start with, as a finding.
 *
 * @param subject what it is about, where the error names no file
 */
export function ofNodeError(error: NodeError, subject: string): DoctorFinding {
  const { code, details, message } = error;
  const about = details.file ?? subject;
  return {
    severity: 'error',
    code,
    subject: about,
    message: withoutStop(message.replace(`${about}: `, '')),
    ...(details.fix !== undefined && { fix: details.fix }),
  };
}

/** A sentence without its full stop, as findings are. */
export function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
