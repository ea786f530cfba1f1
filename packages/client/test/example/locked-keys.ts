// Reads keys as the README shows it.
import { readFile } from 'node:fs/promises';
import { parsePrivateKey } from '@amop/crypto';
import { readPkcs12 } from '@amop/crypto/pkcs12';

export const fromPem = parsePrivateKey(await readFile('./locked.pem', 'utf8'), 'passphrase');
export const fromPkcs12 = await readPkcs12(await readFile('./bank-b.p12'), 'passphrase');
