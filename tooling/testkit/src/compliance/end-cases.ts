import { isPortsError } from '@amop/ports';
import { expect, test } from 'vitest';
import { areEqual, type ComplianceParties, openPair, someBytes } from './compliance-pair.ts';
import { RecordingHandler, turns } from './recording-handler.ts';

/** Every end is told once, last, and with the right words. */
export function endCases(parties: () => ComplianceParties): void {
  test('close ends both sides in order', async () => {
    const { dialed, accepted } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    const right = new RecordingHandler(accepted);
    dialed.close();
    dialed.close();
    expect(await right.closed()).toBeUndefined();
    expect(await left.closed()).toBeUndefined();
    await turns(20);
    expect([left.closes, right.closes]).toEqual([1, 1]);
  });

  test('close flushes what was written first', async () => {
    const { dialed, accepted } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    const right = new RecordingHandler(accepted);
    const content = someBytes(6_000_000, 21);
    dialed.write(content.subarray(0, 5_000_000));
    dialed.write(content.subarray(5_000_000));
    dialed.close();
    expect(await right.closed()).toBeUndefined();
    expect(areEqual(right.content, content)).toBe(true);
    expect(right.events).toEqual(['data', 'close']);
    expect(await left.closed()).toBeUndefined();
  });

  test('after close nothing is delivered but the end, though the other side goes on', async () => {
    const { dialed, accepted } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    const right = new RecordingHandler(accepted);
    accepted.write(someBytes(2_000_000, 22));
    await left.received(1);
    dialed.close();
    const { bytes, drains } = left;
    expect(await left.closed()).toBeUndefined();
    expect(left.bytes).toBe(bytes);
    expect(left.drains).toBe(drains);
    expect(await right.closed()).toBeUndefined();
  });

  test('close of a paused connection sees the end of the other side', async () => {
    const { dialed, accepted } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    const right = new RecordingHandler(accepted);
    dialed.pause();
    accepted.write(someBytes(300_000, 23));
    await turns(20);
    dialed.close();
    expect(await left.closed()).toBeUndefined();
    expect(left.bytes).toBe(0);
    expect(await right.closed()).toBeUndefined();
  });

  test('close gives up on a side that takes nothing when its time is over', async () => {
    const { dialed, accepted } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    for (let piece = 0; piece < 48; piece += 1) dialed.write(new Uint8Array(1024 * 1024));
    dialed.close();
    await turns(50);
    parties().clock.advance(4_999);
    await turns(50);
    expect(left.closes).toBe(0);
    parties().clock.advance(1);
    const error = await left.closed();
    expect(isPortsError(error, 'AMOP_PORTS_CONNECTION_LOST')).toBe(true);
    expect(error?.details).toMatchObject({ reason: 'close-timeout', retryable: true });
    await new RecordingHandler(accepted).closed();
  });

  test('close is over in time, without error, when only the end of the other side is missing', async () => {
    const { dialed, accepted } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    // Paused: it never gets to see the end, so it does not end itself.
    accepted.pause();
    const right = new RecordingHandler(accepted);
    dialed.write(Uint8Array.of(1, 2, 3));
    dialed.close();
    await turns(50);
    expect(left.closes).toBe(0);
    parties().clock.advance(5_000);
    expect(await left.closed()).toBeUndefined();
    accepted.resume();
    await right.closed();
    expect([...right.content]).toEqual([1, 2, 3]);
  });

  test('destroy is told once on both sides, with no error on its own', async () => {
    const { dialed, accepted } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    const right = new RecordingHandler(accepted);
    dialed.write(someBytes(1_000, 24));
    await right.received(1_000);
    dialed.destroy();
    dialed.destroy();
    expect(dialed.backlogBytes).toBe(0);
    expect(await left.closed()).toBeUndefined();
    const error = await right.closed();
    if (error !== undefined) expect(error.code).toBe('AMOP_PORTS_CONNECTION_LOST');
    await turns(20);
    expect([left.closes, right.closes]).toEqual([1, 1]);
  });

  test('destroy inside onData stops delivery at once', async () => {
    const { dialed, accepted } = await openPair(parties());
    const right = new RecordingHandler(accepted);
    right.onChunk = () => accepted.destroy();
    for (let piece = 0; piece < 30; piece += 1) dialed.write(new Uint8Array(20_000));
    expect(await right.closed()).toBeUndefined();
    expect(right.chunks).toHaveLength(1);
    expect(right.events).toEqual(['data', 'close']);
  });

  test('close inside onData stops delivery at once', async () => {
    const { dialed, accepted } = await openPair(parties());
    new RecordingHandler(dialed);
    const right = new RecordingHandler(accepted);
    right.onChunk = () => accepted.close();
    for (let piece = 0; piece < 30; piece += 1) dialed.write(new Uint8Array(20_000));
    expect(await right.closed()).toBeUndefined();
    expect(right.chunks).toHaveLength(1);
  });

  test('writes after close, after destroy and after the end are dropped', async () => {
    const { dialed, accepted } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    const right = new RecordingHandler(accepted);
    dialed.write(Uint8Array.of(1));
    dialed.close();
    dialed.write(Uint8Array.of(2));
    await right.closed();
    await left.closed();
    for (const connection of [dialed, accepted]) {
      connection.write(Uint8Array.of(3));
      connection.pause();
      connection.resume();
      connection.close();
      connection.destroy();
      connection.write(Uint8Array.of(4));
      expect(connection.backlogBytes).toBe(0);
    }
    await turns(20);
    expect([...right.content]).toEqual([1]);
    expect([left.closes, right.closes]).toEqual([1, 1]);
  });

  test('writing to a side that was destroyed ends once and throws nothing', async () => {
    const { dialed, accepted } = await openPair(parties());
    const left = new RecordingHandler(dialed);
    new RecordingHandler(accepted);
    accepted.destroy();
    for (let piece = 0; piece < 20; piece += 1) {
      dialed.write(new Uint8Array(100_000));
      await turns(1);
    }
    await left.closed();
    dialed.write(new Uint8Array(10));
    await turns(20);
    expect(left.closes).toBe(1);
  });

  test('a handler attached after the end hears of it, once', async () => {
    const { dialed, accepted } = await openPair(parties());
    const right = new RecordingHandler(accepted);
    dialed.destroy();
    await right.closed();
    await turns(5);
    const late = new RecordingHandler(dialed);
    expect(late.closes).toBe(0);
    expect(await late.closed()).toBeUndefined();
    await turns(5);
    expect(late.closes).toBe(1);
  });

  test('what this side still had to say is flushed when the other side ends first', async () => {
    const { dialed, accepted } = await openPair(parties());
    const right = new RecordingHandler(accepted);
    const left = new RecordingHandler(dialed);
    left.onChunk = () => {
      dialed.write(someBytes(200_000, 25));
    };
    accepted.write(Uint8Array.of(1));
    await left.received(1);
    dialed.close();
    expect(await right.closed()).toBeUndefined();
    expect(right.bytes).toBe(200_000);
  });
}
