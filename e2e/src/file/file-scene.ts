import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AmopClient,
  connect,
  type FileEvent,
  type ReceiveFilesOptions,
  type SendFileOptions,
} from '@amop/client';
import { AGENCY, type TwoNodes } from '../node/two-nodes.ts';

/** Files, folders and clients of one test; all of it goes with `close`. */
export class FileScene {
  readonly root: string = mkdtempSync(join(tmpdir(), 'amop-file-'));
  readonly #nodes: TwoNodes;
  readonly #clients: AmopClient[] = [];

  constructor(nodes: TwoNodes) {
    this.#nodes = nodes;
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** Writes a file of so many bytes, none of which is like the others. @returns its bytes */
  file(name: string, size: number): Buffer {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
    writeFileSync(this.path(name), bytes);
    return bytes;
  }

  read(...names: readonly string[]): Buffer {
    return readFileSync(join(this.root, ...names));
  }

  /** Names in a folder for files, without the state. */
  names(directory: string): string[] {
    return readdirSync(this.path(directory))
      .filter((name) => name !== '.amop-files')
      .sort();
  }

  /** A client of a node, or of an address in front of it. */
  async client(node: 'A' | 'B', port = this.#nodes[node].config.channelPort): Promise<AmopClient> {
    const client = await connect({
      nodes: `127.0.0.1:${port}`,
      tls: { directory: join(this.#nodes.chain.directory, AGENCY[node], 'sdk') },
      reconnect: { minDelayMs: 50, maxDelayMs: 200 },
    });
    this.#clients.push(client);
    return client;
  }

  /** Options of a receiver into a folder; what happens is pushed to `events`. */
  into(
    directory: string,
    events: FileEvent[] = [],
    options: Partial<ReceiveFilesOptions> = {},
  ): ReceiveFilesOptions {
    const onEvent = (event: FileEvent): void => {
      events.push(event);
      options.onEvent?.(event);
    };
    return { ...options, directory: this.path(directory), onEvent };
  }

  /** Options of a sender whose state is the test's. */
  with(options: SendFileOptions = {}): SendFileOptions {
    return { stateDirectory: this.path('state'), chunkBytes: 16_384, ...options };
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** What a receiver was told, in short. */
export function kindsOf(events: readonly FileEvent[]): string[] {
  return events
    .filter(({ kind }) => kind !== 'progress' && kind !== 'waiting')
    .map((event) => ('reason' in event ? `${event.kind} ${event.reason}` : event.kind));
}
