import { peersOf, type TwoNodes, until } from '../node/two-nodes.ts';
import type { RawClient } from '../raw/raw-client.ts';
import { type ChannelFrame, decodeChannel } from '../wire/channel-frame.ts';
import type { Outcome, Outcomes } from './difference.ts';
import type { ChannelLine } from './recording.ts';

/** What happens around the recorded lines of a case without being recorded itself. */
export interface CaseScript {
  /** Runs before the first line. */
  readonly before?: (replay: ChannelReplay) => Promise<void>;
  /** Runs after the line with this index within the case. */
  readonly after?: Readonly<Record<number, (replay: ChannelReplay) => Promise<void>>>;
  /** Connections whose frames after this case cannot be told apart: no closing heartbeat on them. */
  readonly mute?: readonly string[];
  /** Connections that the node closes in this case. */
  readonly closes?: readonly string[];
  /** Connections that our node closes; the original goes on without reading them. */
  readonly refuses?: readonly string[];
}

/** Plays the SDK side of the recording against two running nodes, connection by connection. */
export class ChannelReplay {
  readonly nodes: TwoNodes;
  readonly #connections = new Map<string, RawClient>();

  constructor(nodes: TwoNodes) {
    this.nodes = nodes;
  }

  /** The connection with this name; it is opened at first use. */
  async connection(name: string, node: 'A' | 'B'): Promise<RawClient> {
    const known = this.#connections.get(name);
    if (known) return known;
    const client = await this.nodes.client(node);
    this.#connections.set(name, client);
    return client;
  }

  /** Ends a connection, as an SDK that goes away. */
  async disconnect(name: string): Promise<void> {
    await this.#connections.get(name)?.close();
    this.#connections.delete(name);
  }

  /** Sends a recorded frame. */
  async send(line: ChannelLine): Promise<void> {
    const client = await this.connection(line.conn, line.node);
    client.send(Buffer.from(line.hex, 'hex'));
  }

  /** Waits until each node knows the topics of the other as they are now. */
  async settled(): Promise<void> {
    const a = await this.connection('observer at A', 'A');
    const b = await this.connection('observer at B', 'B');
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      await until(async () => {
        const [peer] = await peersOf(from);
        const own = (await to.rpc('getNodeInfo')) as { Topic: string[] };
        return sorted(peer?.Topic ?? []) === sorted(own.Topic);
      }, 'both nodes know the same topics');
    }
  }

  /**
   * Plays the lines of one case.
   *
   * @returns what each connection of the case got under the seqs of the case
   * @throws Error when an answer that the recording has does not come at all
   */
  async play(lines: readonly ChannelLine[], script: CaseScript = {}): Promise<Outcomes> {
    await script.before?.(this);
    const seqs = new Set(lines.map((line) => seqOf(line)));
    const got = new Map<string, ChannelFrame[]>();
    const clients = new Map<string, RawClient>();
    for (const [index, line] of lines.entries()) {
      const client = await this.connection(line.conn, line.node);
      clients.set(line.conn, client);
      if (line.dir === 'sdk->node') {
        client.send(Buffer.from(line.hex, 'hex'));
        if (line.what === 'subscribe') {
          await client.barrier();
          await this.settled();
        }
      } else {
        listOf(got, line.conn).push(await client.bySeq(seqOf(line)));
      }
      await script.after?.[index]?.(this);
    }
    const outcomes: Record<string, Outcome> = {};
    for (const [name, client] of clients) {
      await this.#end(client, name, script);
      const rest = client.inbox.items.filter((frame) => seqs.has(frame.seq));
      const frames = [...listOf(got, name), ...rest].map(describeFrame);
      outcomes[name] = { frames, closed: client.wasClosed };
    }
    return outcomes;
  }

  /** Waits until all that the node has to say to what was sent must have come. */
  async #end(client: RawClient, name: string, script: CaseScript): Promise<void> {
    const ends = [...(script.closes ?? []), ...(script.refuses ?? [])];
    if (ends.includes(name) || !client.isOpen) return await client.closed;
    if (script.mute?.includes(name)) {
      return await (await this.connection('observer at A', 'A')).barrier();
    }
    await client.barrier();
  }
}

/** What the recording says that each connection got; `closes` is from the specification. */
export function recordedOutcomes(lines: readonly ChannelLine[], script: CaseScript): Outcomes {
  const outcomes: Record<string, Outcome> = {};
  for (const { conn } of lines) {
    const frames = lines
      .filter((line) => line.conn === conn && line.dir === 'node->sdk')
      .map((line) => describeFrame(decodeChannel(Buffer.from(line.hex, 'hex'))));
    outcomes[conn] = { frames, closed: script.closes?.includes(conn) ?? false };
  }
  return outcomes;
}

/**
 * A frame as text, equal for equal bytes. Of an answer to getClientVersion, which describes the
 * program that answers, only the names of the members and the chain id are kept.
 */
export function describeFrame(frame: Omit<ChannelFrame, 'bytes'>): string {
  const { type, seq, result, data } = frame;
  const text = data.toString('latin1');
  const shown = text.includes('"Build Time"') ? versionShape(data) : text;
  return `0x${type.toString(16)} ${Buffer.from(seq, 'latin1').toString('hex')} ${result} ${shown}`;
}

function versionShape(data: Buffer): string {
  const { result, ...rest } = JSON.parse(data.toString()) as { result: Record<string, string> };
  const texts = Object.entries(result).map(([name, value]) => [
    name,
    name === 'Chain Id' || name === 'Supported Version' ? value : typeof value,
  ]);
  const newline = data.at(-1) === 0x0a;
  return JSON.stringify({ ...rest, result: Object.fromEntries(texts) as unknown, newline });
}

/** The seq of a recorded frame; one recorded "frame" is plain text and has none. */
function seqOf(line: ChannelLine): string {
  return Buffer.from(line.hex, 'hex').toString('latin1', 6, 38);
}

function listOf(lists: Map<string, ChannelFrame[]>, name: string): ChannelFrame[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

function sorted(topics: readonly string[]): string {
  return JSON.stringify([...topics].sort());
}
