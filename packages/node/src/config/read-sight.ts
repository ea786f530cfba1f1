import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { IniFile } from './ini-file.ts';
import type { HostPort } from './node-config.ts';

const DEFAULT_ADMIN_HOST = '127.0.0.1';
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;
const Port = z.coerce.number().int().min(1025).max(65_535);

/**
 * Reads `[amop] admin_listen_port` and `admin_listen_ip`: where the operator looks at the node.
 *
 * @returns undefined when there is no port: nothing is opened then
 * @throws NodeError `AMOP_NODE_CONFIG_VALUE`; also for an address that other machines reach, since nobody who looks
 *   has to show a certificate
 */
export function readAdmin(ini: IniFile): HostPort | undefined {
  const ip = ini.get('amop.admin_listen_ip');
  const host = ip?.value ?? DEFAULT_ADMIN_HOST;
  if (ip !== undefined && !LOOPBACK.test(host)) {
    throw ini.invalid(ip.name, host, 'an address of loopback: 127.0.0.1 or ::1');
  }
  const found = ini.get('amop.admin_listen_port');
  if (found === undefined) return undefined;
  const port = Port.safeParse(found.value);
  if (!port.success) throw ini.invalid(found.name, found.value, 'a port number from 1025 to 65535');
  return { host, port: port.data };
}

/** Absolute path of `[amop] audit_log`; undefined when there is none. */
export function readAuditLog(ini: IniFile): string | undefined {
  const found = ini.get('amop.audit_log');
  return found === undefined ? undefined : resolve(dirname(ini.path), found.value);
}
