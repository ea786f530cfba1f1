import { createReadStream, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { relative } from 'node:path';
import type { FileEvent } from '@amop/client';
import { parsePrivateKey } from '@amop/crypto';
import { filesFolder, privateKeyFile, publicKeyFile } from '../places.ts';
import { type BankProcess, STATEMENTS_TOPIC } from './bank-process.ts';
import { megabytes } from './statement-desk.ts';

const MAX_BYTES = 1_000_000_000;
/** So often it is told how far a file is. */
const STEPS = 4;
const BAR_WIDTH = 20;

/** Receives the files that bank A sends on the private topic, counts their bookings and removes them. */
export async function takeStatements(bank: BankProcess): Promise<void> {
  const steps = new Map<string, number>();
  await bank.client.receiveFiles(STATEMENTS_TOPIC, {
    directory: filesFolder('bankB', bank.channelPort),
    maxBytes: MAX_BYTES,
    privateKey: parsePrivateKey(readFileSync(privateKeyFile('bankB'), 'utf8')),
    publishers: [readFileSync(publicKeyFile('bankA'), 'utf8')],
    onEvent: (event) => {
      const { name, size, transfer } = event.offer;
      switch (event.kind) {
        case 'progress': {
          const step = Math.floor((event.bytes / size) * STEPS);
          if (step <= (steps.get(transfer) ?? 0)) return;
          steps.set(transfer, step);
          bank.say(`${bar(step / STEPS)} ${megabytes(event.bytes)} of ${name}`);
          return;
        }
        case 'done':
          steps.delete(transfer);
          void book(bank, event);
          return;
        case 'refused':
        case 'failed':
          bank.say(`does not receive ${name}: ${event.reason}`);
      }
    },
  });
  bank.say(`receives files on the private topic ${STATEMENTS_TOPIC}`);
}

async function book(bank: BankProcess, { path }: FileEvent & { kind: 'done' }): Promise<void> {
  let bookings = 0;
  for await (const piece of createReadStream(path)) {
    for (const byte of piece as Uint8Array) if (byte === 0x0a) bookings += 1;
  }
  bank.say(`has ${relative('.', path)}, whole and verified: ${bookings} bookings`);
  await rm(path);
}

function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`;
}
