import { connect, type Server, type Socket } from 'node:net';
import type { Connection, Listener, ListenOptions, Refusal, Transport } from '@amop/ports';
import { onTestFinished } from 'vitest';

/** An open port of a transport, and promises for what comes to it. */
export interface PortFixture {
  readonly listener: Listener;
  readonly connections: Connection[];
  readonly refusals: Refusal[];
  /** Resolves with all refusals once there are so many. */
  refused(count?: number): Promise<Refusal[]>;
  /** Resolves with all connections once there are so many. */
  accepted(count?: number): Promise<Connection[]>;
}

/** Opens a port on loopback that is closed when the test is over. */
export async function openPort(
  transport: Transport,
  options: Partial<ListenOptions> = {},
): Promise<PortFixture> {
  const connections: Connection[] = [];
  const refusals: Refusal[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  const until = <T>(list: T[], count: number) =>
    new Promise<T[]>((resolve) => {
      const look = () => {
        if (list.length < count) return;
        waiting.delete(look);
        resolve(list);
      };
      waiting.add(look);
      look();
    });
  const listener = await transport.listen({
    host: '127.0.0.1',
    port: 0,
    ...options,
    onConnection: (connection) => {
      connections.push(connection);
      wake();
    },
    onRefused: (refusal) => {
      refusals.push(refusal);
      wake();
    },
  });
  onTestFinished(async () => {
    await listener.close();
    for (const connection of connections) connection.destroy();
  });
  return {
    listener,
    connections,
    refusals,
    refused: (count = 1) => until(refusals, count),
    accepted: (count = 1) => until(connections, count),
  };
}

/** A TCP client without TLS, connected; errors of it are of no interest. */
export async function rawClient(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect(port, host);
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return socket;
}

/** Lets any server of Node listen on loopback; it is closed when the test is over. */
export async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Resolves when the other side has ended or broken the connection. */
export function socketClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.resume();
    socket.once('close', () => resolve());
  });
}

/** What a promise is rejected with; fails the test when it is not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
