import type { Party, TraceEvent } from '@amop/node';
import { Command, InvalidArgumentError } from 'commander';
import { DaemonError } from '../errors.ts';
import { jsonLine } from '../output/body-json.ts';
import { formatTable } from '../output/table.ts';
import { formatBytes, formatMs, formatTime, printableLine } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';
import { type AdminOptions, addAdminOptions, askAdmin, resolveAdmins } from './admin-client.ts';

const EXAMPLES = `
SEQ names a message on its way: 'amop request --json' and 'amop sub --json' show it, errors and the audit log too. A node
remembers its last 20,000 events while it has an admin port. Give the admin port of each node that you may ask.

Examples:
  amop trace 9958d3dbca5084ecb259000000000002
  amop trace 9958d3db-ca50-84ec-b259-000000000002 --admin 127.0.0.1:20400 --admin 127.0.0.1:20401
`;

const HEADER = ['TIME', 'NODE', 'WHAT', 'WHO', 'DETAILS'];
const SHOWN_DIGITS = 8;

/** An event of one node. */
interface SeenEvent {
  readonly admin: string;
  readonly event: TraceEvent;
}

/** `amop trace`: what happened to one message, hop by hop. */
export function traceCommand(terminal: Terminal): Command {
  return addAdminOptions(
    new Command('trace')
      .summary('show what happened to one message, hop by hop')
      .description(
        'Show what happened to one message at each node that is asked, in the order of time.',
      )
      .argument('<seq>', '32 characters, with or without the dashes of a UUID', parseSeq),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (seq: string, options: AdminOptions) => {
      const admins = resolveAdmins(options, terminal);
      const seen: SeenEvent[] = [];
      for (const admin of admins) {
        const path = `/v1/trace?seq=${encodeURIComponent(seq)}`;
        const asked = { stop: terminal.stop };
        const { events } = await askAdmin<{ readonly events: readonly TraceEvent[] }>(
          admin,
          path,
          asked,
        );
        seen.push(...events.map((event) => ({ admin, event })));
      }
      if (seen.length === 0) {
        throw new DaemonError(
          'AMOP_DAEMON_NO_TRACE',
          `no event of ${seq} at ${admins.join(', ')}: it never came there, or too many came after it`,
          { seq, fix: 'ask the nodes on its way with --admin, soon after it was sent' },
        );
      }
      seen.sort((one, other) => one.event.atMs - other.event.atMs);
      if (options.json === true) {
        for (const { admin, event } of seen) terminal.out(jsonLine({ seenFrom: admin, ...event }));
      } else {
        const [first] = seen;
        const topic = printableLine(JSON.stringify(first?.event.topic));
        terminal.out(`topic ${topic}, seq ${printableLine(seq)}\n`);
        terminal.out(formatTable([HEADER, ...seen.map(rowOf)]));
      }
    });
}

function rowOf({ admin, event }: SeenEvent): string[] {
  const { atMs, party } = event;
  const who = party === undefined ? 'not connected any more' : nameOf(party);
  return [formatTime(new Date(atMs)), admin, event.kind, who, detailsOf(event)];
}

function nameOf(party: Party): string {
  const which =
    party.kind === 'peer'
      ? `node ${party.nodeId.slice(0, SHOWN_DIGITS)}...`
      : `session ${party.session}`;
  return `${party.agency}/${party.name} (${which})`;
}

function detailsOf({
  bytes,
  code,
  kind,
  ms,
  outSeq,
  reason,
  seq,
  toApplications,
  toPeers,
}: TraceEvent): string {
  switch (kind) {
    case 'received':
      return formatBytes(bytes);
    case 'given':
      return outSeq === seq ? '' : `as ${outSeq}`;
    case 'answered':
      return `result ${code}, ${formatBytes(bytes)}, after ${formatMs(ms)}`;
    case 'failed':
      return `result ${code}, ${reason}, after ${formatMs(ms)}`;
    case 'refused':
      return `result ${code}, ${reason}`;
    case 'abandoned':
      return `the sender was gone after ${formatMs(ms)}`;
    case 'multicast':
      return reason === ''
        ? `${formatBytes(bytes)}, to ${toApplications} applications and ${toPeers} nodes`
        : 'a copy of one that came before: dropped';
  }
}

/** @throws InvalidArgumentError of commander when it is no seq */
function parseSeq(text: string): string {
  const seq = text.replaceAll('-', '');
  if (seq.length !== 32) throw new InvalidArgumentError('A seq has 32 characters.');
  return seq;
}
