import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parsePrivateKey } from '@amop/crypto';
import { filesFolder, privateKeyFile, publicKeyFile } from '../places.ts';
import { type BankProcess, STATEMENTS_TOPIC } from './bank-process.ts';

const FILE_NAME = 'statement.csv';
/** About 16 MB. */
const LINES = 400_000;
const LINES_A_PIECE = 1_000;
const JOIN_MS = 10_000;

/** Writes a file of bookings and sends it, sealed for bank B. */
export async function sendStatement({ channelPort, client, say }: BankProcess): Promise<void> {
  const folder = filesFolder('bankA', channelPort);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE_NAME);
  await pipeline(Readable.from(bookings()), createWriteStream(path));
  const statements = client.privateTopic(STATEMENTS_TOPIC, {
    privateKey: parsePrivateKey(readFileSync(privateKeyFile('bankA'), 'utf8')),
    publicKeys: [readFileSync(publicKeyFile('bankB'), 'utf8')],
  });
  try {
    await statements.waitForSubscribers({ timeoutMs: JOIN_MS });
    say(`sends the file ${path} on ${STATEMENTS_TOPIC}, sealed for bank B`);
    const started = performance.now();
    const { hash, size } = await statements.sendFile(path, {
      joinMs: JOIN_MS,
      stateDirectory: folder,
      restart: true,
    });
    const seconds = (performance.now() - started) / 1000;
    const rate = (size / 1e6 / seconds).toFixed(0);
    say(
      `has word that bank B has it: ${megabytes(size)} in ${seconds.toFixed(1)} s, ${rate} MB/s, hash ${hash.slice(0, 16)}…`,
    );
  } catch (error) {
    say(`could not send the file: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await statements.close();
    await rm(path, { force: true });
  }
}

/** Bytes for people: `16.1 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function* bookings(): Generator<string> {
  for (let line = 0; line < LINES; line += LINES_A_PIECE) {
    let piece = '';
    for (let at = line; at < line + LINES_A_PIECE; at += 1) {
      const cents = (at * 7_919) % 9_999_999;
      piece += `${String(at).padStart(7, '0')};2026-11-26;EUR;${(cents / 100).toFixed(2)};transfer\n`;
    }
    yield piece;
  }
}
