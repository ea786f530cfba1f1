// A TCP relay that takes only so many bytes a second from a node, as a client behind a thin line.
import { connect, createServer } from 'node:net';

const EVERY_MS = 20;

/**
 * Listens on a free port of 127.0.0.1 and relays to `target` there.
 *
 * @param {number} target
 * @param {number} bytesPerSecond  towards who connects; back it is not limited
 * @returns {Promise<{ port: number, close: () => void }>}
 */
export async function openSlowLine(target, bytesPerSecond) {
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.once('end', () => near.end());
    trickle(far, near, bytesPerSecond);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    port: server.address().port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function trickle(from, to, bytesPerSecond) {
  let allowed = 0;
  const timer = setInterval(() => {
    allowed = Math.min(allowed, 0) + (bytesPerSecond * EVERY_MS) / 1_000;
    if (allowed > 0) from.resume();
  }, EVERY_MS);
  from.on('data', (bytes) => {
    to.write(bytes);
    allowed -= bytes.length;
    if (allowed <= 0) from.pause();
  });
  from.once('close', () => clearInterval(timer));
}
