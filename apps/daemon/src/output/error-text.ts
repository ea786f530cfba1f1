import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { type ExitCode, errorCode, exitCodeOf } from '../exit-code.ts';
import { adviceFor } from './advice.ts';
import { printableLine } from './text.ts';

/** How an error is shown. */
export interface ErrorTextOptions {
  /** Name of the program, in front of the line. */
  readonly program: string;
  /** One JSON object instead of a sentence. */
  readonly json?: boolean;
  /** Stack and causes after the line. */
  readonly verbose?: boolean;
}

/**
 * One line about an error for stderr: message, code, what to do. With `json` one object
 * `{"error":{"code","message","fix"?,"exitCode","details"?}}`; with `verbose` the stack follows.
 */
export function formatError(error: unknown, options: ErrorTextOptions): string {
  const line = options.json === true ? jsonError(error) : humanError(error, options.program);
  return options.verbose === true ? `${line}${inspect(error)}\n` : line;
}

function humanError(error: unknown, program: string): string {
  const code = visibleCode(error);
  const fix = fixFor(error, program);
  const what = code === undefined ? messageOf(error) : `${messageOf(error)} (${code})`;
  return `${printableLine(fix === undefined ? `${program}: ${what}` : `${program}: ${what}. ${fix}`)}\n`;
}

function jsonError(error: unknown): string {
  return `${JSON.stringify({ error: errorJson(error) })}\n`;
}

/** What a JSON object says of an error. */
export interface ErrorJson {
  readonly code: string;
  readonly message: string;
  /** What to do. */
  readonly fix: string | undefined;
  readonly exitCode: ExitCode;
  readonly details: unknown;
}

/** An error as members of a JSON object. */
export function errorJson(error: unknown): ErrorJson {
  const exitCode: ExitCode = exitCodeOf(error);
  const details =
    typeof error === 'object' && error !== null && 'details' in error && error.details;
  return {
    code: visibleCode(error) ?? 'AMOP_DAEMON_UNEXPECTED',
    message: messageOf(error),
    fix: fixFor(error, 'amop'),
    exitCode,
    details: details || undefined,
  };
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // commander begins its messages so, and puts its guess of what was meant on a second line.
  return text
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '');
}

function visibleCode(error: unknown): string | undefined {
  return error instanceof CommanderError ? 'AMOP_DAEMON_USAGE' : errorCode(error);
}

function fixFor(error: unknown, program: string): string | undefined {
  const advice = adviceFor(error);
  if (advice !== undefined) return advice;
  return visibleCode(error) === 'AMOP_DAEMON_USAGE' ? `See ${program} --help.` : undefined;
}
