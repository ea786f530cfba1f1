import { CryptoError, type PrivateKey, parsePrivateKey } from '@amop/crypto';
import { readKeyBytes } from './read-bytes.ts';

/** First byte of a PKCS#12 file, a sequence in DER; no text of a key begins so. */
const DER_SEQUENCE = 0x30;
/** The digit `0`, which is the same byte, is followed by another digit or an `x`; DER by a length of two or more bytes. */
const LONG_LENGTH = 0x80;

/**
 * The private key of topics in a file: PEM (PKCS#8, encrypted PKCS#8, SEC1), 64 hex digits, or PKCS#12.
 *
 * @param path absolute
 * @param passphrase opens an encrypted one
 * @throws DaemonError `AMOP_DAEMON_KEY_FILE`; CryptoError `AMOP_CRYPTO_PASSPHRASE`, `_INVALID_PRIVATE_KEY`,
 *   `_UNSUPPORTED_KEY`, each with the path in its message
 */
export async function readTopicPrivateKey(path: string, passphrase?: string): Promise<PrivateKey> {
  const bytes = readKeyBytes(path);
  return inFile(path, async () => {
    const key = isPkcs12(bytes)
      ? await readPkcs12File(bytes, passphrase)
      : parsePrivateKey(new TextDecoder().decode(bytes), passphrase);
    checkTopicCurve(key.curve);
    return key;
  });
}

/**
 * Only secp256k1 keys serve for topics: both the original signature and the bound proof are made with it.
 *
 * @throws CryptoError `AMOP_CRYPTO_UNSUPPORTED_KEY`
 */
export function checkTopicCurve(curve: PrivateKey['curve']): void {
  if (curve === 'secp256k1') return;
  throw new CryptoError('AMOP_CRYPTO_UNSUPPORTED_KEY', 'it is P-256', {
    found: 'P-256',
    allowed: 'secp256k1',
  });
}

/** Runs `read`; what it throws about the content tells of the file. */
export async function inFile<Result>(
  path: string,
  read: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    const { code, details, message } = cause;
    const text = otherKind(cause) ?? message;
    throw new CryptoError(code, `${path}: ${text}`, details, { cause });
  }
}

/** What is said of a key that is none for topics, whatever the package could do with it. */
function otherKind({ code, details }: CryptoError): string | undefined {
  if (code !== 'AMOP_CRYPTO_UNSUPPORTED_KEY' || !('found' in details)) return undefined;
  return `keys for topics are on secp256k1 only, 'amop keygen' makes them; it is ${details.found}`;
}

function isPkcs12(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return first === DER_SEQUENCE && second >= LONG_LENGTH;
}

async function readPkcs12File(bytes: Uint8Array, passphrase?: string): Promise<PrivateKey> {
  // On demand: its schemas take 35 ms to load.
  const { readPkcs12 } = await import('@amop/crypto/pkcs12');
  return readPkcs12(bytes, passphrase);
}
