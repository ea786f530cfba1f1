import type { PermissionRules, TopicRules } from '../permission/permissions.ts';
import type { IniFile } from './ini-file.ts';

const SECTION = 'amop_permissions';
const KEY = /^(?:(default)|agency:(.+)|certificate:([0-9a-fA-F:]+))\.(publish|subscribe)$/;
const FINGERPRINT = /^[0-9a-f]{64}$/;
const FORM =
  'default.publish, default.subscribe, or agency:NAME or certificate:SHA256 in place of default';

/**
 * Reads the section `[amop_permissions]`: `WHO.publish` and `WHO.subscribe`, each with patterns of topics
 * separated by commas.
 *
 * @returns undefined when there is no such section
 * @throws NodeError `AMOP_NODE_CONFIG_VALUE` for a key or value that cannot be read: a rule with a typing
 *   error would allow what it was to forbid
 */
export function readPermissions(ini: IniFile): PermissionRules | undefined {
  const entries = ini.entries(SECTION);
  if (entries.length === 0) return undefined;
  const agencies = new Map<string, TopicRules>();
  const certificates = new Map<string, TopicRules>();
  let fallback: TopicRules = {};
  for (const { key, name, value } of entries) {
    const [, isDefault, agency, digits, use] = KEY.exec(key) ?? [];
    const certificate = digits?.replaceAll(':', '').toLowerCase();
    if (use !== 'publish' && use !== 'subscribe') throw ini.invalid(name, value, FORM);
    if (certificate !== undefined && !FINGERPRINT.test(certificate)) {
      throw ini.invalid(
        name,
        value,
        'certificate: and the 64 hex digits of its SHA-256 fingerprint',
      );
    }
    const rule: TopicRules = { [use]: readPatterns(ini, name, value) };
    if (isDefault !== undefined) fallback = { ...fallback, ...rule };
    else if (agency !== undefined) agencies.set(agency, { ...agencies.get(agency), ...rule });
    else if (certificate !== undefined) {
      certificates.set(certificate, { ...certificates.get(certificate), ...rule });
    }
  }
  return { default: fallback, agencies, certificates };
}

function readPatterns(ini: IniFile, name: string, value: string): string[] {
  const patterns = value
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '');
  const inside = patterns.find((pattern) => pattern.slice(0, -1).includes('*'));
  if (inside !== undefined) throw ini.invalid(name, value, "patterns with '*' only at their end");
  return patterns;
}
