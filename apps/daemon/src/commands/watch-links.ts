import type { AmopClient } from '@amop/client';
import { printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';

/** Tells on stderr when a long-running command loses a node and finds it again. */
export function watchLinks(client: AmopClient, terminal: Terminal): void {
  const lost = new Set<string>();
  client.on('disconnected', ({ endpoint, error }) => {
    lost.add(endpoint);
    say(terminal, `lost ${endpoint}: ${error.message}`);
  });
  client.on('connected', ({ endpoint }) => {
    if (lost.delete(endpoint)) say(terminal, `connected to ${endpoint} again`);
  });
  client.on('error', ({ endpoint, error }) => {
    const where = endpoint === undefined ? '' : `${endpoint}: `;
    say(terminal, `${where}${error.message} (${error.code})`);
  });
}

/** One line of news for a person, on stderr so that stdout holds messages only. */
export function say(terminal: Terminal, text: string): void {
  terminal.err(`${printableLine(text)}\n`);
}
