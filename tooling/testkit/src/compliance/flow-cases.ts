import type { Connection } from '@amop/ports';
import { expect, test } from 'vitest';
import { areEqual, type ComplianceParties, openPair, someBytes } from './compliance-pair.ts';
import { RecordingHandler, turns } from './recording-handler.ts';

/** More than the buffers of any kernel take for one connection. */
const FLOOD_BYTES = 48 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;

function flood(connection: Connection, piece: Uint8Array): void {
  for (let sent = 0; sent < FLOOD_BYTES; sent += piece.length) connection.write(piece);
}

/** Backpressure in both roles. */
export function flowCases(parties: () => ComplianceParties): void {
  test('backlogBytes counts what was written until onDrain says it is flushed', async () => {
    const { dialed, accepted } = await openPair(parties());
    new RecordingHandler(accepted);
    const writer = new RecordingHandler(dialed);
    const seen: number[] = [];
    writer.onFlushed = () => seen.push(dialed.backlogBytes);
    expect(dialed.backlogBytes).toBe(0);
    dialed.write(new Uint8Array(1000));
    dialed.write(new Uint8Array(500));
    expect(dialed.backlogBytes).toBe(1500);
    await writer.drained();
    expect(seen).toEqual([0]);
    await turns(20);
    expect(writer.drains).toBe(1);
  });

  test('each fall to 0 is told, also when the next write comes out of onDrain', async () => {
    const { dialed, accepted } = await openPair(parties());
    const reader = new RecordingHandler(accepted);
    const writer = new RecordingHandler(dialed);
    writer.onFlushed = () => {
      if (writer.drains < 20) dialed.write(Uint8Array.of(writer.drains));
    };
    dialed.write(Uint8Array.of(0));
    await writer.drained(20);
    await reader.received(20);
    expect([...reader.content]).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  test('nothing was written: an empty array is no write', async () => {
    const { dialed, accepted } = await openPair(parties());
    new RecordingHandler(accepted);
    const writer = new RecordingHandler(dialed);
    dialed.write(new Uint8Array(0));
    expect(dialed.backlogBytes).toBe(0);
    await turns(20);
    expect(writer.drains).toBe(0);
  });

  test('a reader that does not attach makes the backlog of the writer stay', async () => {
    const { dialed, accepted } = await openPair(parties());
    const writer = new RecordingHandler(dialed);
    flood(dialed, someBytes(PIECE_BYTES, 5));
    await turns(400);
    expect(dialed.backlogBytes).toBeGreaterThan(0);
    expect(writer.drains).toBe(0);
    const reader = new RecordingHandler(accepted);
    await reader.received(FLOOD_BYTES);
    await writer.drained();
    expect(dialed.backlogBytes).toBe(0);
  });

  test('a paused reader makes the backlog stay, and takes everything once resumed', async () => {
    const { dialed, accepted } = await openPair(parties());
    const reader = new RecordingHandler(accepted);
    const writer = new RecordingHandler(dialed);
    dialed.write(Uint8Array.of(1));
    await reader.received(1);
    accepted.pause();
    const piece = someBytes(PIECE_BYTES, 6);
    flood(dialed, piece);
    await turns(400);
    expect(reader.bytes).toBe(1);
    expect(dialed.backlogBytes).toBeGreaterThan(0);
    expect(writer.drains).toBe(1);
    accepted.resume();
    await reader.received(1 + FLOOD_BYTES);
    await writer.drained(2);
    const last = reader.content.subarray(1 + FLOOD_BYTES - PIECE_BYTES);
    expect(areEqual(last, piece)).toBe(true);
  });

  test('pause inside onData holds back the very next chunk', async () => {
    const { dialed, accepted } = await openPair(parties());
    const content = someBytes(400_000, 8);
    const reader = new RecordingHandler(accepted);
    let isOpen = true;
    let isLate = false;
    reader.onChunk = () => {
      isLate ||= !isOpen;
      isOpen = false;
      accepted.pause();
    };
    dialed.write(content);
    while (reader.bytes < content.length) {
      const before = reader.bytes;
      await turns(5);
      isOpen = true;
      accepted.resume();
      await reader.received(before + 1);
    }
    expect(isLate).toBe(false);
    expect(areEqual(reader.content, content)).toBe(true);
  });

  test('pause before attach holds', async () => {
    const { dialed, accepted } = await openPair(parties());
    const writer = new RecordingHandler(dialed);
    accepted.pause();
    const reader = new RecordingHandler(accepted);
    dialed.write(Uint8Array.of(1, 2));
    await writer.drained();
    await turns(50);
    expect(reader.bytes).toBe(0);
    accepted.resume();
    await reader.received(2);
  });

  test('pause and resume before attach lose nothing', async () => {
    const { dialed, accepted } = await openPair(parties());
    const writer = new RecordingHandler(dialed);
    accepted.pause();
    dialed.write(Uint8Array.of(1, 2));
    await writer.drained();
    await turns(20);
    accepted.resume();
    await turns(20);
    const reader = new RecordingHandler(accepted);
    await reader.received(2);
    expect([...reader.content]).toEqual([1, 2]);
  });
}
