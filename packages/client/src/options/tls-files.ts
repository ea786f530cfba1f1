import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClientError } from '../errors.ts';
import type { TlsOptions } from './options.ts';

/** What TLS needs of this client, as PEM texts. */
export interface PemCredentials {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: string;
}

/** The files of an original sdk folder, by what they hold. */
const FILES = { ca: 'ca.crt', certificate: 'sdk.crt', key: 'sdk.key' } as const;

/**
 * Gives back the PEM texts of the `tls` option, reading the sdk folder when one is named.
 *
 * Only the shape is looked at here; whether they are sound certificates is the transport's to say.
 *
 * @throws ClientError `AMOP_CLIENT_OPTIONS` (neither form), `AMOP_CLIENT_FILE` (missing, unreadable
 *   or not PEM; names the file and what belongs there)
 */
export async function readCredentials(tls: TlsOptions | undefined): Promise<PemCredentials> {
  if (tls === undefined || typeof tls !== 'object' || tls === null) throw badTls();
  const passphrase = tls.passphrase === undefined ? {} : { passphrase: tls.passphrase };
  if (!('directory' in tls)) {
    for (const member of ['ca', 'certificate', 'key'] as const) {
      if (!isPem(tls[member])) throw badTls(member);
    }
    return { ca: tls.ca, certificate: tls.certificate, key: tls.key, ...passphrase };
  }
  if (typeof tls.directory !== 'string' || tls.directory === '') throw badTls('directory');
  const [ca, certificate, key] = await Promise.all([
    readPem(tls.directory, FILES.ca),
    readPem(tls.directory, FILES.certificate),
    readPem(tls.directory, FILES.key),
  ]);
  return { ca, certificate, key, ...passphrase };
}

async function readPem(directory: string, name: string): Promise<string> {
  const file = join(directory, name);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new ClientError(
      'AMOP_CLIENT_FILE',
      `cannot read ${file} (${code}): tls.directory must be an sdk folder with ${Object.values(FILES).join(', ')}, as made by 'amop certs' or build_chain.sh`,
      { file, option: 'tls.directory', reason: code === 'ENOENT' ? 'missing-file' : 'unreadable' },
      { cause },
    );
  }
  if (isPem(text)) return text;
  throw new ClientError(
    'AMOP_CLIENT_FILE',
    `${file} is not PEM text: it must begin with '-----BEGIN ...'; convert a DER or PKCS#12 file with openssl`,
    { file, option: 'tls.directory', reason: 'not-pem' },
  );
}

function isPem(text: unknown): text is string {
  return typeof text === 'string' && text.includes('-----BEGIN ');
}

function badTls(member?: string): ClientError {
  const what =
    member === undefined
      ? 'tls must be an object'
      : member === 'directory'
        ? 'tls.directory must be the path of an sdk folder'
        : `tls.${member} must be PEM text ('-----BEGIN ...')`;
  return new ClientError(
    'AMOP_CLIENT_OPTIONS',
    `${what}; give { directory: 'path of the sdk folder' } or { ca, certificate, key } as PEM texts`,
    { option: member === undefined ? 'tls' : `tls.${member}`, reason: 'bad-tls' },
  );
}
