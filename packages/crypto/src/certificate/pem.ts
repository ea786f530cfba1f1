import { Buffer } from 'node:buffer';
import { CryptoError } from '../errors.ts';

const LINE_CHARACTERS = 64;
const BOUNDARY = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const CERTIFICATE_LABELS: ReadonlySet<string> = new Set(['CERTIFICATE', 'X509 CERTIFICATE']);

/**
 * Gives back the certificates of a PEM text in their order, each as DER in its own memory.
 *
 * Text around the blocks and blocks of other kinds (keys, parameters) are passed over. The bytes
 * are not looked into: {@link describeCertificate} does that.
 *
 * @throws CryptoError `AMOP_CRYPTO_INVALID_PEM` when there is no certificate or a block is damaged
 */
export function splitPemChain(pem: string): Uint8Array[] {
  const certificates = splitPemBlocks(pem, CERTIFICATE_LABELS, damaged);
  if (certificates.length === 0) throw damaged('there is no certificate in it');
  return certificates;
}

/**
 * Gives back the blocks of a PEM text that have one of the labels, in their order, each as DER in
 * its own memory. Text around the blocks and blocks of other kinds are passed over.
 *
 * @param refused makes the error for a damaged block out of what is wrong with it
 */
export function splitPemBlocks(
  pem: string,
  labels: ReadonlySet<string>,
  refused: (reason: string) => Error,
): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  let open: { readonly label: string; readonly lines: string[] } | undefined;
  for (const line of pem.split(/\r\n|\n|\r/)) {
    const text = line.trim();
    const boundary = BOUNDARY.exec(text);
    const label = boundary?.[2] ?? '';
    if (boundary === null) {
      open?.lines.push(text);
    } else if (boundary[1] === 'BEGIN') {
      if (open !== undefined) throw refused(`a block "${open.label}" is not closed`);
      open = { label, lines: [] };
    } else {
      if (open?.label !== label) throw refused(`a block "${label}" is closed but was not opened`);
      if (labels.has(label)) {
        const der = decodeBase64(open.lines.join(''));
        if (der === undefined) throw refused('a block in it is not base64 text');
        blocks.push(der);
      }
      open = undefined;
    }
  }
  if (open !== undefined) throw refused(`a block "${open.label}" is not closed`);
  return blocks;
}

/** Gives back one PEM block: `der` in lines of 64 characters between its boundaries, ending in a line feed. */
export function formatPem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64');
  const lines = [`-----BEGIN ${label}-----`];
  for (let start = 0; start < base64.length; start += LINE_CHARACTERS) {
    lines.push(base64.slice(start, start + LINE_CHARACTERS));
  }
  lines.push(`-----END ${label}-----`, '');
  return lines.join('\n');
}

function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return undefined;
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

function damaged(reason: string): CryptoError {
  return new CryptoError(
    'AMOP_CRYPTO_INVALID_PEM',
    `The PEM text cannot be used as certificates: ${reason}.`,
    { reason },
  );
}
