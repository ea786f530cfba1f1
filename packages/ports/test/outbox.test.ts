import { ManualScheduler, SeededRandom } from '@amop/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Outbox, type OutboxOptions } from '../src/index.ts';
import { FakeConnection } from './fake-connection.ts';

function setUp(options: OutboxOptions, onLow?: () => void) {
  const connection = new FakeConnection();
  const scheduler = new ManualScheduler();
  const outbox = new Outbox(options, {
    connection,
    scheduler,
    ...(onLow === undefined ? {} : { onLow }),
  });
  const drain = () => {
    connection.takeAll();
    outbox.handleDrain();
  };
  return { connection, scheduler, outbox, drain };
}

function put(outbox: Outbox, bytes: number, fill = bytes): void {
  const { bytes: target, offset } = outbox.open(bytes);
  target.fill(fill, offset, offset + bytes);
}

function lengths(connection: FakeConnection): number[] {
  return connection.writes.map(({ length }) => length);
}

function joined(connection: FakeConnection): number[] {
  return connection.writes.flatMap((bytes) => [...bytes]);
}

describe('batch mode', () => {
  test('the frames of a turn leave in one write at its end', () => {
    const { connection, scheduler, outbox } = setUp({ mode: 'batch' });
    put(outbox, 3);
    put(outbox, 2);
    expect(connection.writes).toEqual([]);
    expect(scheduler.waiting).toBe(1);
    scheduler.runTurn();
    expect(joined(connection)).toEqual([3, 3, 3, 2, 2]);
    expect(connection.writes).toHaveLength(1);
    expect(scheduler.waiting).toBe(0);
  });

  test('open gives the same slot object with exactly the room asked for', () => {
    const { outbox } = setUp({ mode: 'batch' });
    const first = outbox.open(10);
    const { bytes, offset } = first;
    const second = outbox.open(20);
    expect(second).toBe(first);
    expect(second.bytes).toBe(bytes);
    expect(second.offset).toBe(offset + 10);
    expect(second.bytes.length - second.offset).toBeGreaterThanOrEqual(20);
  });

  test('memory that was handed over is never written to again', () => {
    const { connection, scheduler, outbox, drain } = setUp({ mode: 'batch', slabBytes: 256 });
    const copies: number[][] = [];
    for (let turn = 1; turn <= 200; turn += 1) {
      put(outbox, 7, turn);
      scheduler.runTurn();
      const last = connection.writes.at(-1);
      copies.push([...(last ?? [])]);
      drain();
    }
    expect(connection.writes.map((bytes) => [...bytes])).toEqual(copies);
    expect(copies).toHaveLength(200);
  });

  test('frames that do not fit go on in the next slab, in order', () => {
    const { connection, scheduler, outbox } = setUp({ mode: 'batch', slabBytes: 4096 });
    for (let index = 0; index < 5; index += 1) put(outbox, 1500, index);
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([3000, 3000, 1500]);
    expect(joined(connection)).toEqual(
      Array.from({ length: 7500 }, (_, index) => Math.floor(index / 1500)),
    );
  });

  test('a frame larger than a slab has a buffer of its own', () => {
    const { connection, scheduler, outbox } = setUp({ mode: 'batch', slabBytes: 4096 });
    put(outbox, 10, 1);
    put(outbox, 10_000, 2);
    put(outbox, 10, 3);
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([10, 10_000, 10]);
  });

  test('an idle outbox holds a small slab, a busy one larger ones', () => {
    const { connection, scheduler, outbox, drain } = setUp({ mode: 'batch' });
    put(outbox, 100);
    expect(outbox.open(1).bytes.length).toBe(4096);
    for (let count = 0; count < 300; count += 1) put(outbox, 1000);
    expect(outbox.open(1).bytes.length).toBe(65_536);
    scheduler.runTurn();
    while (connection.backlogBytes > 0) drain();
    expect(outbox.open(1).bytes.length).toBe(4096);
  });

  test('a large body is handed over as it is, a small one is copied', () => {
    const { connection, scheduler, outbox } = setUp({ mode: 'batch' });
    const large = new Uint8Array(2048).fill(8);
    const small = new Uint8Array(2047).fill(9);
    put(outbox, 2, 1);
    outbox.attach(large);
    put(outbox, 2, 3);
    outbox.attach(small);
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([2, 2048, 2049]);
    expect(connection.writes[1]?.buffer).toBe(large.buffer);
    small.fill(0);
    expect(connection.writes[2]?.[2048]).toBe(9);
  });

  test('small bodies that do not fit begin a new slab', () => {
    const { connection, scheduler, outbox } = setUp({ mode: 'batch', slabBytes: 4096 });
    for (let index = 0; index < 6; index += 1) {
      put(outbox, 10, index);
      outbox.attach(new Uint8Array(1500).fill(index));
    }
    scheduler.runTurn();
    expect(joined(connection)).toEqual(
      Array.from({ length: 6 * 1510 }, (_, index) => Math.floor(index / 1510)),
    );
  });

  test('nothing more is handed over while enough is in flight; the drain goes on', () => {
    const { connection, scheduler, outbox, drain } = setUp({
      mode: 'batch',
      slabBytes: 1024,
      inFlightBytes: 2000,
    });
    for (let index = 0; index < 5; index += 1) put(outbox, 1000, index);
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([1000, 1000]);
    put(outbox, 1000, 5);
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([1000, 1000]);
    expect(outbox.queuedBytes).toBe(6000);
    drain();
    drain();
    drain();
    expect(connection.writes.map(([first]) => first)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(outbox.queuedBytes).toBe(0);
  });

  test('flush does not wait for the end of the turn', () => {
    const { connection, scheduler, outbox } = setUp({ mode: 'batch' });
    put(outbox, 3);
    outbox.flush();
    expect(lengths(connection)).toEqual([3]);
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([3]);
  });
});

describe('record mode', () => {
  test('each frame is a write of its own, the next one after the drain', () => {
    const { connection, scheduler, outbox, drain } = setUp({ mode: 'record' });
    for (let index = 1; index <= 4; index += 1) put(outbox, index);
    expect(connection.writes).toEqual([]);
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([1]);
    put(outbox, 5);
    scheduler.runTurn();
    outbox.flush();
    expect(lengths(connection)).toEqual([1]);
    for (let count = 0; count < 6; count += 1) drain();
    expect(lengths(connection)).toEqual([1, 2, 3, 4, 5]);
    expect(connection.writes.every((bytes) => bytes.every((byte) => byte === bytes.length))).toBe(
      true,
    );
  });

  test('a frame waits for its turn after the drain of the last one', () => {
    const { connection, scheduler, outbox, drain } = setUp({ mode: 'record' });
    put(outbox, 1);
    scheduler.runTurn();
    drain();
    put(outbox, 2);
    expect(lengths(connection)).toEqual([1]);
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([1, 2]);
  });

  test.each([1, 1000, 5000, 60_000])(
    'frame and attached body of %i bytes are one write',
    (size) => {
      const { connection, scheduler, outbox, drain } = setUp({ mode: 'record', slabBytes: 4096 });
      put(outbox, 42, 7);
      outbox.attach(new Uint8Array(size).fill(9));
      put(outbox, 3, 1);
      scheduler.runTurn();
      drain();
      expect(lengths(connection)).toEqual([42 + size, 3]);
      const [first] = connection.writes;
      expect(first?.subarray(0, 42).every((byte) => byte === 7)).toBe(true);
      expect(first?.subarray(42).every((byte) => byte === 9)).toBe(true);
    },
  );

  test('a large frame is written in pieces, each when the last is flushed, and shares none', () => {
    const { connection, scheduler, outbox, drain } = setUp({ mode: 'record' });
    put(outbox, 42, 7);
    outbox.attach(new Uint8Array(600_000).fill(9));
    put(outbox, 3, 1);
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([65_578]);
    for (let count = 0; count < 4; count += 1) drain();
    expect(lengths(connection)).toEqual([65_578, 262_144, 262_144, 10_176, 3]);
  });

  test('an attached body may come in parts', () => {
    const { connection, scheduler, outbox } = setUp({ mode: 'record', slabBytes: 64 });
    put(outbox, 2, 1);
    outbox.attach(new Uint8Array(5000).fill(2));
    outbox.attach(new Uint8Array(0));
    outbox.attach(new Uint8Array(5000).fill(3));
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([10_002]);
  });
});

describe('change of mode', () => {
  test('from record to batch: what was queued goes out together', () => {
    const { connection, scheduler, outbox } = setUp({ mode: 'record' });
    put(outbox, 1);
    put(outbox, 2);
    scheduler.runTurn();
    outbox.setMode('batch');
    put(outbox, 3);
    put(outbox, 4);
    scheduler.runTurn();
    expect(joined(connection)).toEqual([1, 2, 2, 3, 3, 3, 4, 4, 4, 4]);
    expect(lengths(connection)).toEqual([1, 2, 7]);
  });

  test('from batch to record: later frames are alone, and wait for what is in flight', () => {
    const { connection, scheduler, outbox, drain } = setUp({ mode: 'batch' });
    put(outbox, 1);
    scheduler.runTurn();
    outbox.setMode('record');
    put(outbox, 2);
    put(outbox, 3);
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([1]);
    drain();
    drain();
    expect(lengths(connection)).toEqual([1, 2, 3]);
  });
});

describe('saturation', () => {
  const limits = { mode: 'batch', highWaterBytes: 1000, lowWaterBytes: 300 } as const;

  test('begins at the high mark, counting what the connection holds', () => {
    const { scheduler, outbox } = setUp(limits);
    put(outbox, 600);
    scheduler.runTurn();
    put(outbox, 399);
    expect(outbox.queuedBytes).toBe(999);
    expect(outbox.saturated).toBe(false);
    put(outbox, 1);
    expect(outbox.saturated).toBe(true);
  });

  test('ends at the low mark, and says so once', () => {
    const lows: number[] = [];
    const { scheduler, outbox, drain } = setUp(
      { ...limits, inFlightBytes: 1, slabBytes: 350 },
      () => lows.push(outbox.queuedBytes),
    );
    for (let count = 0; count < 4; count += 1) put(outbox, 300);
    scheduler.runTurn();
    drain();
    drain();
    expect(outbox.queuedBytes).toBe(600);
    expect(outbox.saturated).toBe(true);
    drain();
    expect(outbox.saturated).toBe(false);
    drain();
    expect(lows).toEqual([300]);
  });

  test('an attached body counts', () => {
    const { outbox } = setUp(limits);
    put(outbox, 1);
    outbox.attach(new Uint8Array(5000));
    expect(outbox.queuedBytes).toBe(5001);
    expect(outbox.saturated).toBe(true);
  });

  test('onLow may queue more', () => {
    const { connection, scheduler, outbox, drain } = setUp(limits, () => put(outbox, 5));
    put(outbox, 1000, 1);
    scheduler.runTurn();
    drain();
    scheduler.runTurn();
    expect(lengths(connection)).toEqual([1000, 5]);
  });
});

describe('close', () => {
  test.each(['batch', 'record'] as const)(
    '%s: sends what is queued in order, then closes the connection',
    (mode) => {
      const { connection, scheduler, outbox, drain } = setUp({
        mode,
        slabBytes: 512,
        inFlightBytes: 600,
      });
      for (let index = 1; index <= 4; index += 1) put(outbox, 500, index);
      outbox.close();
      put(outbox, 1, 9);
      outbox.attach(new Uint8Array(5000));
      scheduler.runTurn();
      expect(connection.closes).toBe(0);
      for (let count = 0; count < 4; count += 1) drain();
      expect(connection.writes.map(([first]) => first)).toEqual([1, 2, 3, 4]);
      expect(connection.closes).toBeGreaterThan(0);
    },
  );

  test('closes at once when nothing is queued', () => {
    const { connection, outbox } = setUp({ mode: 'batch' });
    outbox.close();
    outbox.close();
    expect(connection.closes).toBe(1);
  });

  test('a frame opened after close has room and is dropped', () => {
    const { connection, scheduler, outbox } = setUp({ mode: 'batch' });
    outbox.close();
    const { bytes, offset } = outbox.open(100);
    expect(bytes.length - offset).toBe(100);
    expect(outbox.queuedBytes).toBe(0);
    expect(scheduler.waiting).toBe(0);
    expect(connection.writes).toEqual([]);
  });
});

test('any order of calls delivers every byte once and in order', () => {
  const call = fc.oneof(
    fc.record({ kind: fc.constant('frame'), bytes: fc.integer({ min: 1, max: 3000 }) }),
    fc.record({ kind: fc.constant('body'), bytes: fc.integer({ min: 0, max: 6000 }) }),
    fc.record({ kind: fc.constantFrom('turn', 'drain', 'flush', 'batch', 'record') }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 60 }), fc.integer(), (calls, seed) => {
      const { connection, scheduler, outbox, drain } = setUp({
        mode: 'batch',
        slabBytes: 4096,
        inFlightBytes: 5000,
      });
      const random = new SeededRandom(seed);
      const expected: number[] = [];
      for (const step of calls) {
        const content = 'bytes' in step ? random.bytes(step.bytes) : new Uint8Array();
        if (step.kind === 'frame') {
          const { bytes, offset } = outbox.open(content.length);
          bytes.set(content, offset);
        } else if (step.kind === 'body') outbox.attach(content);
        else if (step.kind === 'turn') scheduler.runTurn();
        else if (step.kind === 'drain') drain();
        else if (step.kind === 'flush') outbox.flush();
        else outbox.setMode(step.kind === 'batch' ? 'batch' : 'record');
        for (const byte of content) expected.push(byte);
      }
      scheduler.runTurn();
      for (let count = 0; count <= calls.length && outbox.queuedBytes > 0; count += 1) drain();
      expect(outbox.queuedBytes).toBe(0);
      expect(joined(connection)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

describe.each(['batch', 'record'] as const)('bodies that nobody else needs, %s mode', (mode) => {
  function setUpSpent() {
    const spent: Uint8Array[] = [];
    const connection = new FakeConnection();
    const scheduler = new ManualScheduler();
    const onSpent = (view: Uint8Array) => spent.push(view);
    const outbox = new Outbox({ mode }, { connection, scheduler, onSpent });
    const drain = () => {
      connection.takeAll();
      outbox.handleDrain();
    };
    return { connection, drain, outbox, scheduler, spent };
  }

  test('are told of once all of them is flushed, in order', () => {
    const { connection, drain, outbox, scheduler, spent } = setUpSpent();
    const bodies = [1, 2, 3].map((fill) => new Uint8Array(300_000).fill(fill));
    const [first, shared, last] = bodies as [Uint8Array, Uint8Array, Uint8Array];
    for (const body of bodies) {
      put(outbox, 40);
      outbox.attach(body, body !== shared);
    }
    scheduler.runTurn();
    let checks = 0;
    while (outbox.queuedBytes > 0) {
      const flushedBytes = joined(connection).length - connection.backlogBytes;
      const expected = [first, last].filter((body) => flushedBytes >= endOf(bodies, body));
      expect(spent).toEqual(expected);
      checks++;
      drain();
    }
    expect(checks).toBeGreaterThan(3);
    expect(spent).toEqual([first, last]);
  });

  test('are not told of inside attach, however small', () => {
    const { drain, outbox, scheduler, spent } = setUpSpent();
    put(outbox, 40);
    outbox.attach(new Uint8Array(10), true);
    expect(spent).toEqual([]);
    scheduler.runTurn();
    drain();
    expect(spent).toHaveLength(1);
  });

  test('are few at a time', () => {
    const { drain, outbox, scheduler, spent } = setUpSpent();
    for (let each = 0; each < 1_000; each++) {
      put(outbox, 40);
      outbox.attach(new Uint8Array(10), true);
    }
    scheduler.runTurn();
    while (outbox.queuedBytes > 0) drain();
    expect(spent).toHaveLength(64);
  });
});

/** Where a body ends in a stream of them, each behind 40 bytes. */
function endOf(bodies: readonly Uint8Array[], body: Uint8Array): number {
  return (bodies.indexOf(body) + 1) * (40 + body.length);
}
