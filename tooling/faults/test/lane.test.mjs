import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Lane } from '../src/proxy/lane.mjs';
import { Random } from '../src/random.mjs';

/** @type {(() => void)[]} */
let closing = [];

afterEach(() => {
  for (const close of closing) close();
  closing = [];
});

/** A connection through a lane: the lane, the end that dialled and the end that was dialled. */
async function connected() {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const lane = new Lane({ host: '127.0.0.1', port: server.address().port }, new Random(1));
  const port = await lane.listen('127.0.0.1', 0);
  const near = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const [far] = await once(server, 'connection');
  for (const socket of [near, far]) socket.on('error', () => {});
  closing.push(() => {
    lane.close();
    server.close();
    near.destroy();
    far.destroy();
  });
  return { lane, near, far };
}

/** All bytes until the end; the other direction stays open. */
async function readAll(socket) {
  const chunks = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

test.each([
  ['clear', {}],
  ['late and out of step', { delayMs: 3, jitterMs: 9 }],
  ['narrow', { bytesPerSecond: 10_000_000 }],
])('a lane that is %s passes every byte in order, and the end', async (_, conditions) => {
  const { far, lane, near } = await connected();
  lane.set({ up: conditions, down: conditions });
  const sent = randomBytes(1_000_000);
  for (const [from, to] of [
    [near, far],
    [far, near],
  ]) {
    const reading = readAll(to);
    from.end(sent);
    expect(digest(await reading)).toBe(digest(sent));
  }
});

test('a stall holds one direction and not the other, until it is over', async () => {
  const { far, lane, near } = await connected();
  lane.set({ up: { isStalled: true } });
  near.write('held');
  for (const word of ['one', 'two', 'three']) {
    far.write(word);
    expect(String((await once(near, 'data'))[0])).toBe(word);
  }
  expect(far.read()).toBeNull();
  lane.set({});
  expect(String((await once(far, 'data'))[0])).toBe('held');
});

test('a cut resets the connection after so many bytes', async () => {
  const { far, lane, near } = await connected();
  expect(lane.cut('up', 1_000)).toBe(1);
  let received = 0;
  far.on('data', (chunk) => {
    received += chunk.length;
  });
  // libuv shows a reset that comes right behind bytes as an end.
  const isOver = new Promise((resolve) => far.on('end', resolve).on('error', resolve));
  near.write(Buffer.alloc(5_000));
  const [{ code }] = await once(near, 'error');
  expect(code).toBe('ECONNRESET');
  await isOver;
  expect(received).toBeLessThanOrEqual(1_000);
});

test('a corrupted byte differs in one bit', async () => {
  const { far, lane, near } = await connected();
  lane.corrupt('up');
  const reading = readAll(far);
  near.end(Buffer.alloc(100));
  const received = await reading;
  expect(received).toHaveLength(100);
  expect([...received].filter((byte) => byte !== 0)).toEqual([1]);
});
