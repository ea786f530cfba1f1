import { join } from 'node:path';
import { type AmopClient, connect, type FileEvent } from '@amop/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileScene, kindsOf } from '../src/file/file-scene.ts';
import { AGENCY, TwoNodes, until } from '../src/node/two-nodes.ts';

describe('files of clients that are connected to two nodes', () => {
  let nodes: TwoNodes;
  let scene: FileScene;
  const clients: AmopClient[] = [];
  beforeAll(async () => {
    nodes = await TwoNodes.start({ sameAgency: true });
    scene = new FileScene(nodes);
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await scene?.close();
    await nodes?.stop();
  });

  async function clientOf(...names: readonly ('A' | 'B')[]): Promise<AmopClient> {
    const client = await connect({
      nodes: names.map((name) => `127.0.0.1:${nodes[name].config.channelPort}`),
      tls: { directory: join(nodes.chain.directory, AGENCY.A, 'sdk') },
      reconnect: { minDelayMs: 50, maxDelayMs: 500 },
    });
    clients.push(client);
    await until(async () => client.counters().connectedNodes === 2, 'both links are up');
    return client;
  }

  it('an offer that comes over both is one offer', async () => {
    const bytes = scene.file('f', 300_001);
    const [sender, receiver] = [await clientOf('A', 'B'), await clientOf('A', 'B')];
    const events: FileEvent[] = [];
    await receiver.receiveFiles('both', scene.into('in', events));
    const options = scene.with({ to: 'all', joinMs: 2_000 });
    const sent = await sender.sendFile('both', scene.path('f'), options);
    expect(sent.receivers).toMatchObject([{ outcome: 'done' }]);
    expect(kindsOf(events)).toEqual(['started', 'done']);
    expect(scene.names('in')).toEqual(['f']);
    expect(scene.read('in', 'f').equals(bytes)).toBe(true);
  });

  it('a file goes on over the other node when one is killed', async () => {
    const bytes = scene.file('g', 8_000_000);
    const [sender, receiver] = [await clientOf('A', 'B'), await clientOf('B', 'A')];
    let killed: Promise<void> | undefined;
    const onEvent = ({ kind }: FileEvent): void => {
      if (kind === 'progress') killed ??= nodes.A.stop('SIGKILL');
    };
    await receiver.receiveFiles('killed', scene.into('out', [], { onEvent }));
    const sent = await sender.sendFile('killed', scene.path('g'), scene.with());
    await killed;
    expect(sent.receivers).toMatchObject([{ outcome: 'done' }]);
    expect(scene.read('out', 'g').equals(bytes)).toBe(true);
    expect(receiver.counters().fileChunksReceived).toBe(Math.ceil(8_000_000 / 16_384));
  }, 60_000);
});
