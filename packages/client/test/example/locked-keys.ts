// Reads keys as the README shows it.
import { readFile } from 'node:fs/promises';
import { type PrivateKey, parsePrivateKey } from '@amop/crypto';
import { readPkcs12 } from '@amop/crypto/pkcs12';

/** PEM, encrypted or not. */
export async function keyFromPem(file: string, passphrase?: string): Promise<PrivateKey> {
  return parsePrivateKey(await readFile(file, 'utf8'), passphrase);
}

/** A .p12 or .pfx. */
export async function keyFromPkcs12(file: string, passphrase?: string): Promise<PrivateKey> {
  return readPkcs12(await readFile(file), passphrase);
}
