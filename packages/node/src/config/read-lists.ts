import { parseNodeId } from '@amop/crypto';
import type { IniFile } from './ini-file.ts';

const NODE_ID = /^(0x)?[0-9a-fA-F]{128}$/;
const FINGERPRINT = /^[0-9a-f]{64}$/;

/**
 * Node IDs of a list such as `[certificate_blacklist] crl.N`. The original skips one that it cannot read; a list
 * that fails open is worse than no start.
 *
 * @throws NodeError `AMOP_NODE_CONFIG_VALUE`
 */
export function readNodeIds(ini: IniFile, sections: readonly string[], prefix: string): string[] {
  const entries = sections.flatMap((section) => ini.list(section, prefix));
  return entries.map(({ name, value }) => {
    if (!NODE_ID.test(value)) throw ini.invalid(name, value, 'a node ID: 128 hex digits');
    return parseNodeId(value);
  });
}

/**
 * SHA-256 fingerprints of a list of applications, with or without colons, as 64 lower-case hex digits.
 *
 * @throws NodeError `AMOP_NODE_CONFIG_VALUE`
 */
export function readFingerprints(ini: IniFile, section: string, prefix: string): string[] {
  return ini.list(section, prefix).map(({ name, value }) => {
    const digits = value.replaceAll(':', '').toLowerCase();
    if (FINGERPRINT.test(digits)) return digits;
    const form = 'the 64 hex digits of the SHA-256 fingerprint of a certificate';
    throw ini.invalid(name, value, form);
  });
}
