import { connect, createServer, type NetConnectOpts, Socket } from 'node:net';
import { turns, VirtualClock } from '@amop/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { isPortsError, type PortsError } from '../../src/index.ts';
import { raceTcp } from '../../src/system/tcp-dialer.ts';
import { listening, rejection } from './port-fixture.ts';

const SLOW = 'slow';

/** Connects for real, but for addresses that never answer. */
function connecting(tried: string[]): (options: NetConnectOpts) => Socket {
  return (options) => {
    const host = 'host' in options ? (options.host ?? '') : '';
    tried.push(host);
    const socket = host === SLOW ? new Socket() : connect(options);
    onTestFinished(() => void socket.destroy());
    return socket;
  };
}

function signal(): AbortSignal {
  return new AbortController().signal;
}

test('an address that refuses is followed by the next one at once', async () => {
  const port = await listening(createServer());
  const clock = new VirtualClock();
  const tried: string[] = [];
  const socket = await raceTcp({ host: 'name', port }, ['::1', '127.0.0.1'], signal(), {
    clock,
    connect: connecting(tried),
  });
  expect(socket.remoteAddress).toBe('127.0.0.1');
  expect(tried).toEqual(['::1', '127.0.0.1']);
  expect(clock.timers).toBe(0);
});

test('an address that does not answer is followed by the next one after 250 ms', async () => {
  const port = await listening(createServer());
  const clock = new VirtualClock();
  const tried: string[] = [];
  const race = raceTcp({ host: 'name', port }, [SLOW, '127.0.0.1'], signal(), {
    clock,
    connect: connecting(tried),
  });
  clock.advance(249);
  await turns(10);
  expect(tried).toEqual([SLOW]);
  clock.advance(1);
  expect((await race).remoteAddress).toBe('127.0.0.1');
});

test('an address that answers late wins when the others fail', async () => {
  const port = await listening(createServer());
  const clock = new VirtualClock();
  const sockets: Socket[] = [];
  const race = raceTcp({ host: 'name', port }, ['late', '::1'], signal(), {
    clock,
    connect: (options) => {
      const isLate = 'host' in options && options.host === 'late';
      const socket = isLate ? new Socket() : connect(options);
      sockets.push(socket);
      return socket;
    },
  });
  clock.advance(250);
  const [late, refused] = sockets;
  await new Promise((resolve) => refused?.once('close', resolve));
  late?.connect(port, '127.0.0.1');
  const winner = await race;
  expect(winner).toBe(late);
  winner.destroy();
});

test('all addresses fail: the first failure is told', async () => {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const error = await rejection(
    raceTcp({ host: 'name', port }, ['127.0.0.1', '127.0.0.1'], signal(), {
      clock: new VirtualClock(),
      connect: connecting([]),
    }),
  );
  expect(isPortsError(error, 'AMOP_PORTS_DIAL_FAILED')).toBe(true);
  expect((error as PortsError).details).toEqual({
    host: 'name',
    port,
    reason: 'refused',
    systemCode: 'ECONNREFUSED',
    retryable: true,
  });
});

test('the losers are destroyed, and all are when the wait is ended', async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const sockets: Socket[] = [];
  const race = rejection(
    raceTcp({ host: 'name', port: 9 }, [SLOW, SLOW], controller.signal, {
      clock,
      connect: () => {
        const socket = new Socket();
        sockets.push(socket);
        return socket;
      },
    }),
  );
  clock.advance(250);
  expect(sockets).toHaveLength(2);
  const reason = new Error('enough');
  controller.abort(reason);
  expect(await race).toBe(reason);
  expect(sockets.every(({ destroyed }) => destroyed)).toBe(true);
  expect(clock.timers).toBe(0);
});
