import { networkInterfaces } from 'node:os';
import type { HostPort } from '@amop/node';

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;
const EVERY_ADDRESS = /^(0\.0\.0\.0|::)$/;

/** Whether only programs of this machine reach that address. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Whether what listens at `listens` is reached at `peer`. */
export function isReachedAt(listens: HostPort, peer: HostPort): boolean {
  if (listens.port !== peer.port) return false;
  if (EVERY_ADDRESS.test(listens.host)) return isOfThisMachine(peer.host);
  return nameOf(listens.host) === nameOf(peer.host);
}

/** Where a program of this machine reaches what listens there. */
export function reachable({ host, port }: HostPort): HostPort {
  if (!EVERY_ADDRESS.test(host)) return { host, port };
  return { host: host === '::' ? '::1' : '127.0.0.1', port };
}

function isOfThisMachine(host: string): boolean {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return isLoopback(host) || addresses.some(({ address }) => address === host);
}

function nameOf(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}
