import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { DaemonError } from '../errors.ts';

/** Endings of files that hold certificates, when a folder is searched. */
const ENDINGS: ReadonlySet<string> = new Set(['.crt', '.pem', '.cer']);
/** Files of these names have to hold one: an empty one is an error and not passed over. */
const NAMES: ReadonlySet<string> = new Set(['ca.crt', 'agency.crt', 'node.crt', 'sdk.crt']);
const BEGIN_CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/** A file that holds certificates. */
export interface CertificateFile {
  readonly path: string;
  /** PEM text. */
  readonly text: string;
}

/**
 * The files among `paths` and below those of them that are folders. A file that is named is taken whatever its
 * name; in a folder those count that end like certificates and hold one, symbolic links to such files too (mounted
 * secrets are made of them).
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_READ` for a path that cannot be read
 */
export function findCertificates(paths: readonly string[]): CertificateFile[] {
  return paths.flatMap((path) => {
    try {
      if (!statSync(path).isDirectory()) return [{ path, text: readFileSync(path, 'utf8') }];
      return readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => ENDINGS.has(extname(entry.name)))
        .filter((entry) => entry.isFile() || leadsToFile(join(entry.parentPath, entry.name)))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
        .map((file) => ({ path: file, text: readFileSync(file, 'utf8') }))
        .filter((file) => file.text.includes(BEGIN_CERTIFICATE) || NAMES.has(basename(file.path)));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DaemonError(
        'AMOP_DAEMON_CERTS_READ',
        `cannot read ${path}: ${reason}`,
        { path },
        { cause },
      );
    }
  });
}

function leadsToFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
