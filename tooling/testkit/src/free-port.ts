import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the range from which systems take the ports of outgoing connections.
const FIRST = 12_000;
const LAST = 32_000;
/** Ports that one process goes through before it could meet those of its neighbour. */
const STRIDE = 100;

let next = FIRST + ((process.pid * STRIDE + STRIDE / 2) % (LAST - FIRST));

/** A TCP port of 127.0.0.1 that nobody listens on at this moment; never the same one twice in a row. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = next + 1 < LAST ? next + 1 : FIRST;
    const server = createServer();
    server.listen(port, '127.0.0.1');
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
