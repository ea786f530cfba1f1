import { PortsError, type Random, silentLogger } from '@amop/ports';
import { SeededRandom, VirtualClock } from '@amop/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostPort } from '../../src/index.ts';
import type { NodeContext } from '../../src/node-context.ts';
import { PeerDialer } from '../../src/peer/peer-dialer.ts';
import { World } from '../world/world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.stop());

/** When a node that is never answered dials, in ms, in the first `ms` of its life. */
async function dialTimes(seed: number, ms: number): Promise<number[]> {
  const clock = new VirtualClock();
  const times: number[] = [];
  const random: Random = new SeededRandom(seed);
  const peers: readonly HostPort[] = [{ host: '127.0.0.1', port: 1 }];
  const ports: Pick<NodeContext, 'clock' | 'logger' | 'random'> = {
    clock,
    logger: silentLogger,
    random,
  };
  // A dialer never touches more of the context than these fields.
  const dialer = new PeerDialer({ ...ports, config: { p2p: { peers } } } as NodeContext, {
    transport: {
      listen: () => Promise.reject(new Error('not asked for')),
      dial: async ({ host, port }) => {
        times.push(clock.nowMs());
        throw new PortsError('AMOP_PORTS_DIAL_FAILED', 'refused', {
          host,
          port,
          reason: 'refused',
          retryable: true,
        });
      },
    },
    host: { isConnected: () => false, dialled: () => ({ kind: 'self' }) },
  });
  dialer.start();
  for (let passed = 0; passed < ms; passed += 5) {
    await world.settle();
    clock.advance(5);
    dialer.tick(clock.nowMs());
  }
  dialer.stop();
  return times;
}

describe('dialling a peer', () => {
  it('D-28 happens at other moments on each node, so that two do not collide again and again', async () => {
    const [here, there] = [await dialTimes(1, 5_000), await dialTimes(2, 5_000)];
    expect(here.length).toBeGreaterThan(3);
    expect(here).not.toEqual(there);
  });

  it('D-28 begins again as soon as the connection is lost, not at a 10 s tick', async () => {
    const node = await world.node();
    const other = await world.node({ peers: [node.p2pAddress] });
    await world.pass(12_000);
    world.network.links.find(({ dialer }) => dialer.remotePort === node.p2pAddress.port)?.reset();
    await world.settle();
    expect(other.counters().peers).toBe(0);
    await world.pass(1_000);
    expect(other.counters().peers).toBe(1);
  });

  it('happens ever more seldom when the other side, or this one, refuses each connection', async () => {
    const strict = await world.node({ whitelist: ['a'.repeat(128)] });
    const blocked = await world.node();
    const peers = [strict.p2pAddress, blocked.p2pAddress];
    const links = world.network.links.length;
    await world.node({ peers, blacklist: [blocked.nodeId] });
    await world.pass(30_000);
    expect(world.network.links.length - links).toBeLessThan(20);
  });
});
