import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  checkRevocationListIssuer,
  describeCertificate,
  parseRevocationLists,
  type RevocationList,
  splitPemChain,
} from '@amop/crypto';
import { NodeError } from '../errors.ts';
import type { ConfigWarning } from './config-warning.ts';
import { type IniFile, reasonOf } from './ini-file.ts';

/**
 * Reads the certificate revocation lists of `[amop] crl_file`. Each is checked against the authority of that name
 * among `known`; one of an authority that is not known is taken as it is, with a warning.
 *
 * @param known PEM texts of the certificates that the node has: its authorities and its own chain
 * @param nowMs milliseconds since 1970: a list that is out of date is named, and counts all the same
 * @throws NodeError `AMOP_NODE_CONFIG_FILE` for a file that cannot be read or used
 */
export function readRevocations(
  ini: IniFile,
  known: readonly string[],
  nowMs: number,
  warnings: ConfigWarning[],
): RevocationList[] {
  const found = ini.get('amop.crl_file');
  if (found === undefined) return [];
  const path = resolve(dirname(ini.path), found.value);
  try {
    const lists = parseOnce(readFileSync(path, 'utf8'));
    const authorities = known.flatMap(certificatesIn);
    for (const list of lists) {
      checkIssuer(list, authorities, path, warnings);
      if (list.nextUpdateMs < nowMs) {
        const day = new Date(list.nextUpdateMs).toISOString().slice(0, 10);
        warnings.push({
          code: 'list-out-of-date',
          message: `${path}: a newer list of ${list.issuerName} was due on ${day}`,
          fix: 'put the newer list of that authority there, and reload',
          file: path,
        });
      }
    }
    return lists;
  } catch (cause) {
    const fix = 'make it with `openssl ca -gencrl`, or take crl_file out of [amop]';
    throw new NodeError(
      'AMOP_NODE_CONFIG_FILE',
      `cannot use ${path}, the crl_file of ${ini.path}: ${reasonOf(cause)}`,
      { file: path, section: 'amop', key: 'crl_file', fix },
      cause,
    );
  }
}

/** The last text that was read: a long list takes seconds, and most reloads do not change it. */
let last: { readonly text: string; readonly lists: RevocationList[] } | undefined;

function parseOnce(text: string): RevocationList[] {
  if (last?.text !== text) last = { text, lists: parseRevocationLists(text) };
  return last.lists;
}

/** Empty for a text that holds none: what is wrong with it is told where certificates are used. */
function certificatesIn(pem: string): Uint8Array[] {
  try {
    const chain = splitPemChain(pem);
    for (const der of chain) describeCertificate(der);
    return chain;
  } catch {
    return [];
  }
}

/** Two authorities may have one name: one of them must have signed the list. */
function checkIssuer(
  list: RevocationList,
  authorities: readonly Uint8Array[],
  path: string,
  warnings: ConfigWarning[],
): void {
  const named = authorities.filter(
    (authority) => describeCertificate(authority).subjectName === list.issuerName,
  );
  let failure: unknown;
  for (const authority of named) {
    try {
      checkRevocationListIssuer(list, authority);
      return;
    } catch (error) {
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  warnings.push({
    code: 'list-not-checked',
    message: `${path}: the signature of the list of ${list.issuerName} cannot be checked, that authority is not in ca_cert or cert; it is used all the same`,
    fix: 'make sure that it is an agency of this network, or take its list out; do not put it into ca_cert: whoever is in there may connect',
    file: path,
  });
}
