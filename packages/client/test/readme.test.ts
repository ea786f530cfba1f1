import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { publisherMarker } from '@amop/codec';
import {
  encryptPrivateKeyPem,
  formatPrivateKeyPem,
  formatPublicKeyHex,
  formatPublicKeyPem,
  generateKeyPair,
  signDigest,
} from '@amop/crypto';
import { MemoryFileSystem } from '@amop/testkit';
import { expect, test, vi } from 'vitest';
import { connect } from '../src/connect.ts';
import { CLIENT_ERROR_SUMMARIES } from '../src/errors.ts';
import type { ConnectOptions } from '../src/options/options.ts';
import { deviceSigner } from './example/device-signer.ts';
import { keyFromPem, keyFromPkcs12 } from './example/locked-keys.ts';
import { PrivateScene } from './support/private-scene.ts';
import { RawPublisher } from './support/raw-publisher.ts';
import { World } from './support/world.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
let world = new World();
const subscriber = generateKeyPair('secp256k1');
const files = new Map<string, string>();
const disk = new MemoryFileSystem();

vi.mock('@amop/client', () => ({
  // The program as it stands, but its sockets are in memory.
  connect: (options: ConnectOptions) => {
    const { clock, scheduler, random } = world;
    const transport = world.network.transport();
    return connect({
      ...options,
      ports: { transport, clock, scheduler, random, files: disk },
    });
  },
}));

vi.mock('node:fs/promises', () => ({
  // Key files that no test leaves on the disk.
  readFile: (path: string) => Promise.resolve(files.get(path)),
}));

/** The text of a program, which the README shows. */
function programOf(name: string): string {
  const file = new URL(`./example/${name}.ts`, import.meta.url);
  return readFileSync(file, 'utf8').split('\n').slice(1).join('\n');
}

/** Runs a program to its end; gives back what it printed. */
async function printedBy(run: () => Promise<unknown>, meanwhile: () => Promise<void>) {
  const printed: unknown[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(text));
  let isRunning = true;
  const running = run().finally(() => {
    isRunning = false;
  });
  // Loading it takes turns in which nothing happens in the world.
  while (isRunning) await meanwhile();
  await running;
  log.mockRestore();
  return printed;
}

test('the program of the README is the one that is compiled and run here', async () => {
  expect(readme).toContain(`\`\`\`ts\n${programOf('first-program')}\`\`\``);
  await world.node('ours', 20_200);
  const printed = await printedBy(
    () => import('./example/first-program.ts'),
    () => world.settle(),
  );
  expect(printed).toEqual(['ACME costs 42', 'trading begins']);
});

test('so is the one that subscribes a private topic', async () => {
  expect(readme).toContain(`\`\`\`ts\n${programOf('private-subscriber')}\`\`\``);
  world = new World();
  const node = await world.node('ours', 20_200);
  const publisher = new RawPublisher(world, 'orders');
  files.set('./bank-b.pem', formatPrivateKeyPem(subscriber.privateKey));
  files.set('./bank-a.public.pem', formatPublicKeyPem(publisher.keys.publicKey));
  let answer: string | undefined;
  const printed = await printedBy(
    () => import('./example/private-subscriber.ts'),
    async () => {
      await world.settle();
      if (answer !== undefined || !node.sessions[0]?.topics.has(publisher.payload)) return;
      const { body } = await publisher.request(node, await publisher.prove(node), '100 ACME');
      answer = new TextDecoder().decode(body);
    },
  );
  expect(printed).toEqual([
    `publishers have to allow ${formatPublicKeyHex(subscriber.publicKey)}`,
    `${formatPublicKeyHex(publisher.keys.publicKey)} sends 100 ACME`,
  ]);
  expect(answer).toBe('taken');
});

test('so is the one that publishes on it', async () => {
  expect(readme).toContain(`\`\`\`ts\n${programOf('private-publisher')}\`\`\``);
  const scene = new PrivateScene('orders');
  world = scene.world;
  const node = await scene.addNode('ours', 20_200);
  const owner = scene.subscriber({ privateKey: subscriber.privateKey });
  files.set('./bank-a.pem', formatPrivateKeyPem(generateKeyPair('secp256k1').privateKey));
  files.set('./bank-b.public.pem', formatPublicKeyPem(subscriber.publicKey));
  let isAsked = false;
  const printed = await printedBy(
    () => import('./example/private-publisher.ts'),
    async () => {
      await world.settle();
      if (isAsked || !node.sessions[0]?.topics.has(publisherMarker(scene.payload))) return;
      isAsked = true;
      await scene.ask(owner);
    },
  );
  expect(printed).toEqual([`succeeded: ${owner.key}`, 'fine']);
  expect(owner.got).toEqual([
    { kind: 'request', text: '100 ACME' },
    { kind: 'multicast', text: 'trading ends' },
  ]);
});

test('so are the two that send and receive a file', async () => {
  for (const name of ['file-sender', 'file-receiver']) {
    expect(readme).toContain(`\`\`\`ts\n${programOf(name)}\`\`\``);
  }
  world = new World();
  const node = await world.node('ours', 20_200);
  const report = Uint8Array.from({ length: 3_000 }, (_, at) => at * 7);
  disk.writeFile(resolve('./report.pdf'), report);
  let isSending = false;
  let sent: Promise<unknown> | undefined;
  const printed = await printedBy(
    () => import('./example/file-receiver.ts'),
    async () => {
      await world.pass(20);
      if (!isSending && node.sessions[0]?.topics.has('reports')) {
        isSending = true;
        sent = import('./example/file-sender.ts').then(() => process.emit('SIGINT'));
      }
    },
  );
  await sent;
  const path = resolve('./incoming/report.pdf');
  expect(disk.readFile(path)).toEqual(report);
  expect(printed).toContain(`received ${path}`);
  expect(printed).toContain('hashing 3000/3000');
  expect(printed.at(-1)).toMatch(/^report.pdf has arrived, hash [0-9a-f]{64}$/);
});

test('so is the signer for a device, which gives r and s alone', async () => {
  expect(readme).toContain(`\`\`\`ts\n${programOf('device-signer')}\`\`\``);
  const { privateKey, publicKey } = generateKeyPair('secp256k1');
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  for (const isHigh of [false, true]) {
    for (let first = 0; first < 8; first += 1) {
      const digest = new Uint8Array(32).fill(first);
      const signed = signDigest(digest, privateKey);
      const signer = deviceSigner(formatPublicKeyPem(publicKey), async () => {
        const rs = signed.slice(0, 64);
        const s = BigInt(`0x${Buffer.from(rs.subarray(32)).toString('hex')}`);
        const high = (order - s).toString(16).padStart(64, '0');
        if (isHigh) rs.set(Buffer.from(high, 'hex'), 32);
        return rs;
      });
      expect(await signer.sign(digest)).toEqual(signed);
    }
  }
});

test('so are the functions that read keys with a passphrase', async () => {
  expect(readme).toContain(`\`\`\`ts\n${programOf('locked-keys')}\`\`\``);
  const pem = formatPrivateKeyPem(subscriber.privateKey);
  files.set('./locked.pem', encryptPrivateKeyPem(pem, 'open sesame'));
  const key = await keyFromPem('./locked.pem', 'open sesame');
  expect(key.publicKey().equals(subscriber.publicKey)).toBe(true);
  await expect(keyFromPkcs12('./locked.pem', 'open sesame')).rejects.toMatchObject({
    code: 'AMOP_CRYPTO_INVALID_PRIVATE_KEY',
  });
});

test('the README tells of every code', () => {
  const told = [...readme.matchAll(/^\| `(AMOP_CLIENT_\w+)` +\|/gm)].map(([, code]) => code);
  expect(told.sort()).toEqual(Object.keys(CLIENT_ERROR_SUMMARIES).sort());
});
