import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ParsedToml, readToml } from './read-toml.ts';
import { TomlTable } from './toml-table.ts';

/** The keys of a private topic. */
export interface SdkTopicKeys {
  /** Absolute paths of the public keys of those who may receive; none for a subscriber. */
  readonly publicKeys: readonly string[];
  /** Absolute path of the own private key; absent for a publisher. */
  readonly privateKey?: string;
  /** Opens the private key. */
  readonly password?: string;
}

/** Absolute paths of the files for TLS. */
export interface SdkCertificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * The TOML configuration of the Java SDK, as far as AMOP goes: `[network] peers`, `[cryptoMaterial]`, `[[amop]]`.
 *
 * A relative path starts from the folder of the file; when nothing is there, from the current one, where the Java SDK
 * looks. Every method throws DaemonError `AMOP_DAEMON_SDK_CONFIG` with file, line and what to do; what is not asked for is
 * not looked at.
 *
 * @see spec 25
 */
export class SdkConfig {
  readonly #toml: ParsedToml;
  readonly #cwd: string;

  /**
   * @param file as it was given
   * @param cwd the current folder
   */
  constructor(file: string, cwd: string) {
    this.#cwd = cwd;
    this.#toml = readToml(resolve(cwd, file));
  }

  /** `host:port` of each node. */
  nodes(): readonly string[] {
    const network = this.#table('network');
    const peers = network.texts('peers');
    if (peers.length > 0) return peers;
    const fix = 'add peers = ["host:port"] to [network], or give --node';
    throw network.refusal('peers', 'no nodes are named', fix);
  }

  /** The files for TLS: `certPath` with the original names, or each named by itself. */
  certificates(): SdkCertificates {
    const material = this.#table('cryptoMaterial');
    const folder = this.#find(material.text('certPath') ?? 'conf');
    const find = (key: string, name: string): string => {
      const own = material.text(key);
      const path = own === undefined ? resolve(folder, name) : this.#find(own);
      if (existsSync(path)) return path;
      const shown = own === undefined ? 'certPath' : key;
      throw material.refusal(shown, `${path} is not there`, `correct ${shown}, or give --certs`);
    };
    return {
      ca: find('caCert', 'ca.crt'),
      certificate: find('sslCert', 'sdk.crt'),
      key: find('sslKey', 'sdk.key'),
    };
  }

  /** Whether any private topic is named, with or without keys. */
  hasPrivateTopics(): boolean {
    return this.#amopTables().length > 0;
  }

  /** The keys of a private topic, `undefined` when no `[[amop]]` table is about it. */
  topicKeys(topic: string): SdkTopicKeys | undefined {
    const tables = this.#amopTables().filter((table) => table.text('topicName') === topic);
    if (tables.length === 0) return undefined;
    // A table for the publisher and one for the subscriber may stand side by side.
    const publicKeys = tables.flatMap((table) =>
      table.texts('publicKeys').map((value) => this.#keyFile(table, 'publicKeys', value)),
    );
    const [owner, second] = tables.filter((table) => table.text('privateKey') !== undefined);
    if (second !== undefined) {
      const fix = 'leave one private key for each topic';
      throw second.refusal('privateKey', `${topic} has a second private key`, fix);
    }
    const privateKey = owner?.text('privateKey');
    if (owner === undefined || privateKey === undefined) return { publicKeys };
    const password = owner.text('password');
    return {
      publicKeys,
      privateKey: this.#keyFile(owner, 'privateKey', privateKey),
      ...(password !== undefined && { password }),
    };
  }

  #table(table: string): TomlTable {
    return new TomlTable(this.#toml, { table }, this.#toml.tables.get(table));
  }

  #amopTables(): readonly TomlTable[] {
    const value = this.#toml.tables.get('amop') ?? [];
    if (Array.isArray(value)) {
      return value.map(
        (table, index) => new TomlTable(this.#toml, { table: 'amop', index }, table),
      );
    }
    throw this.#table('amop').refusal(
      undefined,
      '[amop] stands where a list of tables does',
      'write [[amop]], once for each private topic',
    );
  }

  #keyFile(table: TomlTable, key: string, value: string): string {
    const path = this.#find(value);
    if (existsSync(path)) return path;
    throw table.refusal(key, `${path} is not there`, `correct ${key}`);
  }

  #find(value: string): string {
    const [beside, below] = [dirname(this.#toml.path), this.#cwd].map((from) =>
      resolve(from, value),
    );
    const path = beside ?? value;
    return below !== undefined && !existsSync(path) && existsSync(below) ? below : path;
  }
}
