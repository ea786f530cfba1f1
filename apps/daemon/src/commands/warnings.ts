import { printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { ACCOUNT_KEY_REASON } from '../topic-keys/account-key.ts';

/** One line on stderr about something that works and should not stay so. */
export function warn(terminal: Pick<Terminal, 'err'>, text: string): void {
  terminal.err(`${printableLine(`amop: warning: ${text}`)}\n`);
}

/** Warns that the key in a file is none for topics. */
export function warnOfAccount(file: string, terminal: Pick<Terminal, 'err'>): void {
  warn(terminal, `${file} is the key of a chain account, make another one: ${ACCOUNT_KEY_REASON}`);
}
