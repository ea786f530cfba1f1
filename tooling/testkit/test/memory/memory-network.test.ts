import type { Connection, Refusal, Transport } from '@amop/ports';
import { isPortsError } from '@amop/ports';
import { describe, expect, test } from 'vitest';
import {
  createMemoryNetwork,
  ManualScheduler,
  type MemoryLink,
  type MemoryNetworkOptions,
  RecordingHandler,
  VirtualClock,
} from '../../src/index.ts';

async function setUp(options: MemoryNetworkOptions = {}) {
  const scheduler = new ManualScheduler();
  const clock = new VirtualClock();
  const network = createMemoryNetwork({ scheduler, clock, ...options });
  const { dialed, accepted } = await connect(network.transport(), network.transport(), scheduler);
  const [link] = network.links;
  if (link === undefined) throw new Error('there is no link');
  return { scheduler, clock, network, link, dialed, accepted };
}

async function connect(listener: Transport, dialer: Transport, scheduler: ManualScheduler) {
  const connections: Connection[] = [];
  await listener.listen({
    host: 'node',
    port: 1,
    onConnection: (connection) => connections.push(connection),
    onRefused: () => {},
  });
  const dialling = dialer.dial({ host: 'node', port: 1 });
  await scheduler.runUntilIdle();
  const [accepted] = connections;
  if (accepted === undefined) throw new Error('nothing was accepted');
  return { dialed: new RecordingHandler(await dialling), accepted: new RecordingHandler(accepted) };
}

function sizes({ chunks }: RecordingHandler): number[] {
  return chunks.map(({ length }) => length);
}

test('nothing travels before the turn ends', async () => {
  const { scheduler, dialed, accepted } = await setUp();
  dialed.connection.write(Uint8Array.of(1));
  expect([accepted.bytes, dialed.drains]).toEqual([0, 0]);
  scheduler.runTurn();
  expect([accepted.bytes, dialed.drains]).toEqual([1, 1]);
});

test('each write is a chunk, unless a chunk may not be so long', async () => {
  const whole = await setUp();
  for (const bytes of [5, 3, 7]) whole.dialed.connection.write(new Uint8Array(bytes));
  await whole.scheduler.runUntilIdle();
  expect(sizes(whole.accepted)).toEqual([5, 3, 7]);
  const split = await setUp({ maxChunkBytes: 4 });
  for (const bytes of [5, 3, 7]) split.dialed.connection.write(new Uint8Array(bytes));
  await split.scheduler.runUntilIdle();
  expect(Math.max(...sizes(split.accepted))).toBe(4);
  expect(split.accepted.bytes).toBe(15);
});

test('every split at every byte can be asked for', async () => {
  const { scheduler, dialed, accepted } = await setUp({ maxChunkBytes: 1 });
  dialed.connection.write(Uint8Array.of(1, 2, 3));
  await scheduler.runUntilIdle();
  expect(sizes(accepted)).toEqual([1, 1, 1]);
  expect([...accepted.content]).toEqual([1, 2, 3]);
});

test('more than the window stays with the writer until the reader takes some', async () => {
  const { scheduler, dialed, accepted } = await setUp({ windowBytes: 100 });
  accepted.connection.pause();
  dialed.connection.write(new Uint8Array(250));
  await scheduler.runUntilIdle();
  expect(dialed.connection.backlogBytes).toBe(150);
  expect(dialed.drains).toBe(0);
  accepted.connection.resume();
  await scheduler.runUntilIdle();
  expect([dialed.connection.backlogBytes, dialed.drains, accepted.bytes]).toEqual([0, 1, 250]);
});

test('memory that is changed before it is flushed arrives changed, as with TLS', async () => {
  const { scheduler, dialed, accepted } = await setUp();
  const bytes = Uint8Array.of(1);
  dialed.connection.write(bytes);
  bytes[0] = 2;
  scheduler.runTurn();
  bytes[0] = 3;
  expect([...accepted.content]).toEqual([2]);
});

describe('faults', () => {
  const lost = (handler: RecordingHandler) =>
    isPortsError(handler.error, 'AMOP_PORTS_CONNECTION_LOST') && handler.error.details.reason;

  test('a reset is told on both sides and loses what is under way', async () => {
    const { scheduler, link, dialed, accepted } = await setUp();
    dialed.connection.write(Uint8Array.of(1));
    link.reset();
    await scheduler.runUntilIdle();
    expect([lost(dialed), lost(accepted)]).toEqual(['reset', 'reset']);
    expect([dialed.closes, accepted.closes, accepted.bytes]).toEqual([1, 1, 0]);
  });

  test('destroy is a reset for the other side', async () => {
    const { scheduler, dialed, accepted } = await setUp();
    dialed.connection.destroy();
    await scheduler.runUntilIdle();
    expect([dialed.error, lost(accepted)]).toEqual([undefined, 'reset']);
  });

  test('a stalled link keeps everything and tells nobody', async () => {
    const { scheduler, link, dialed, accepted } = await setUp();
    link.stall();
    dialed.connection.write(Uint8Array.of(1));
    accepted.connection.write(Uint8Array.of(2));
    dialed.connection.close();
    await scheduler.runUntilIdle();
    expect([dialed.events, accepted.events]).toEqual([[], []]);
    link.unstall();
    await scheduler.runUntilIdle();
    expect(accepted.events).toEqual(['data', 'close']);
    expect([...dialed.content]).toEqual([]);
    expect(dialed.closes).toBe(1);
  });

  test.each(['dialer', 'acceptor'] as const)(
    'half-closed by the %s, both ends end',
    async (side) => {
      const { scheduler, link, dialed, accepted } = await setUp();
      const [first, second] = side === 'dialer' ? [dialed, accepted] : [accepted, dialed];
      second.connection.write(Uint8Array.of(7));
      (link as MemoryLink).halfClose(side);
      await scheduler.runUntilIdle();
      expect([...first.content]).toEqual([7]);
      expect([first.error, second.error]).toEqual([undefined, undefined]);
      expect([first.closes, second.closes]).toEqual([1, 1]);
    },
  );

  test('close gives up on a stalled link in time', async () => {
    const { scheduler, clock, link, dialed, accepted } = await setUp({ closeTimeoutMs: 50 });
    link.stall();
    dialed.connection.write(Uint8Array.of(1));
    dialed.connection.close();
    clock.advance(50);
    await scheduler.runUntilIdle();
    expect([lost(dialed), lost(accepted)]).toEqual(['close-timeout', 'reset']);
    expect(clock.timers).toBe(0);
  });
});

test('parties have identities of their own, and trust whom they are told to', async () => {
  const scheduler = new ManualScheduler();
  const network = createMemoryNetwork({ scheduler });
  const refusals: Refusal[] = [];
  const wary = network.transport({}, { trusts: ({ commonName }) => commonName === 'friend' });
  await wary.listen({
    host: 'node',
    port: 0,
    onConnection: () => {},
    onRefused: (refusal) => refusals.push(refusal),
  });
  const first = await wary.listen({
    host: 'node',
    port: 0,
    onConnection: () => {},
    onRefused: (refusal) => refusals.push(refusal),
  });
  const target = { host: 'node', port: first.port };
  const stranger = network
    .transport()
    .dial(target)
    .catch((error: unknown) => error);
  const friend = network.transport({ commonName: 'friend' }).dial(target);
  await scheduler.runUntilIdle();
  expect(isPortsError(await stranger, 'AMOP_PORTS_TLS_REFUSED_BY_PEER')).toBe(true);
  expect(refusals).toMatchObject([{ code: 'AMOP_PORTS_TLS_UNTRUSTED_PEER' }]);
  expect((await friend).identity.nodeId).toBe('1'.padStart(128, '0'));
});

test('nothing that is written after a cut arrives: a stream has no holes', async () => {
  const { scheduler, link, dialed, accepted } = await setUp();
  dialed.connection.write(new Uint8Array(5));
  await scheduler.runUntilIdle();
  link.cut('dialer', 0);
  dialed.connection.write(new Uint8Array(3));
  await scheduler.runUntilIdle();
  expect(sizes(accepted)).toEqual([5]);
});
