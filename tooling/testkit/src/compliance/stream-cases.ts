import { expect, test } from 'vitest';
import { SeededRandom } from '../seeded-random.ts';
import { areEqual, type ComplianceParties, openPair, someBytes } from './compliance-pair.ts';
import { RecordingHandler, turns } from './recording-handler.ts';

/** Bytes arrive whole, in order and at the right time. */
export function streamCases(parties: () => ComplianceParties): void {
  test('bytes arrive in order whatever the sizes of the writes', async () => {
    const { dialed, accepted } = await openPair(parties());
    const reader = new RecordingHandler(accepted);
    new RecordingHandler(dialed);
    const random = new SeededRandom(7);
    const content = random.bytes(1_500_000);
    for (let offset = 0; offset < content.length; ) {
      const size = 1 + random.below(random.below(10) === 0 ? 60_000 : 900);
      dialed.write(content.subarray(offset, offset + size));
      offset += size;
    }
    await reader.received(content.length);
    expect(areEqual(reader.content, content)).toBe(true);
  });

  test('both directions carry megabytes at once', async () => {
    const { dialed, accepted } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    const right = new RecordingHandler(accepted);
    const there = someBytes(3_000_000, 11);
    const back = someBytes(3_000_000, 12);
    dialed.write(there);
    accepted.write(back);
    await Promise.all([left.received(back.length), right.received(there.length)]);
    expect(areEqual(left.content, back)).toBe(true);
    expect(areEqual(right.content, there)).toBe(true);
  });

  test('bytes written before the other side attaches are kept for it', async () => {
    const { dialed, accepted } = await openPair(parties());
    const writer = new RecordingHandler(accepted);
    accepted.write(Uint8Array.of(1, 2, 3));
    await writer.drained();
    accepted.write(Uint8Array.of(4, 5));
    await writer.drained(2);
    await turns(20);
    const reader = new RecordingHandler(dialed);
    await reader.received(5);
    expect([...reader.content]).toEqual([1, 2, 3, 4, 5]);
  });

  test('bytes and end that came before the handler are delivered to it, end last', async () => {
    const { dialed, accepted } = await openPair(parties());
    new RecordingHandler(accepted);
    accepted.write(Uint8Array.of(9, 8, 7));
    accepted.close();
    await turns(50);
    const reader = new RecordingHandler(dialed);
    expect(await reader.closed()).toBeUndefined();
    expect([...reader.content]).toEqual([9, 8, 7]);
    expect(reader.events).toEqual(['data', 'close']);
  });

  test('a second handler takes over where the first one stopped', async () => {
    const { dialed, accepted } = await openPair(parties());
    const first = new RecordingHandler(accepted);
    dialed.write(Uint8Array.of(1));
    await first.received(1);
    const second = new RecordingHandler(accepted);
    dialed.write(Uint8Array.of(2));
    await second.received(1);
    dialed.close();
    expect(await second.closed()).toBeUndefined();
    expect([...first.content]).toEqual([1]);
    expect([...second.content]).toEqual([2]);
    expect(first.closes).toBe(0);
  });

  test('chunks are plain Uint8Array whose bytes never change', async () => {
    const { dialed, accepted } = await openPair(parties());
    const reader = new RecordingHandler(accepted);
    for (let round = 0; round < 20; round += 1) {
      dialed.write(new Uint8Array(30_000).fill(round));
    }
    await reader.received(600_000);
    expect(reader.chunks.every((chunk) => chunk.constructor === Uint8Array)).toBe(true);
    const expected = new Uint8Array(600_000).map((_, index) => Math.floor(index / 30_000));
    expect(areEqual(reader.content, expected)).toBe(true);
  });

  test('no handler is called inside a call', async () => {
    const { dialed, accepted } = await openPair(parties());
    const remote = new RecordingHandler(accepted);
    accepted.write(Uint8Array.of(1));
    await remote.drained();
    await turns(20);
    const local = new RecordingHandler(dialed);
    dialed.write(Uint8Array.of(2));
    dialed.pause();
    dialed.resume();
    expect(local.events).toEqual([]);
    await local.received(1);
    const before = local.events.length;
    dialed.write(Uint8Array.of(3));
    dialed.close();
    dialed.destroy();
    expect(local.events.length).toBe(before);
    await local.closed();
  });

  test('many connections of one port do not disturb each other', async () => {
    const opened = await Promise.all(Array.from({ length: 12 }, () => openPair(parties())));
    const readers = opened.map(({ dialed, accepted }, index) => {
      new RecordingHandler(dialed);
      dialed.write(new Uint8Array(50_000 + index).fill(index));
      return new RecordingHandler(accepted);
    });
    opened[3]?.dialed.destroy();
    const others = readers.filter((_, index) => index !== 3);
    await Promise.all(others.map((reader) => reader.received(50_000 + readers.indexOf(reader))));
    for (const reader of others) {
      expect(reader.content.every((byte) => byte === readers.indexOf(reader))).toBe(true);
    }
  });
}
