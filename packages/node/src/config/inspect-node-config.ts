import { systemClock } from '@amop/ports/system';
import { NodeError } from '../errors.ts';
import type { ConfigWarning } from './config-warning.ts';
import { IniFile } from './ini-file.ts';
import { readNodeConfig } from './load-node-config.ts';
import type { NodeConfig } from './node-config.ts';

/** A configuration with all that is wrong with it. */
export interface InspectedConfig {
  /** What `loadNodeConfig` would throw, one after the other. */
  readonly errors: readonly NodeError[];
  readonly warnings: readonly ConfigWarning[];
  /**
   * What it says without the values at fault, and with empty texts for certificates and keys that cannot be read;
   * undefined when it cannot be taken apart at all.
   */
  readonly config?: NodeConfig;
}

/**
 * Reads a configuration as `loadNodeConfig` does, and goes on after an error, for a report of all of them.
 *
 * @param path path of `config.ini`
 * @param nowMs milliseconds since 1970
 */
export function inspectNodeConfig(
  path: string,
  nowMs: number = systemClock.wallMs(),
): InspectedConfig {
  const errors = new Map<string, NodeError>();
  const note = (error: unknown): NodeError => {
    if (!(error instanceof NodeError)) throw error;
    // What was there before the last try is there in each one.
    errors.set(error.message, error);
    return error;
  };
  let ini: IniFile;
  try {
    ini = IniFile.read(path);
  } catch (error) {
    return { errors: [note(error)], warnings: [] };
  }
  for (;;) {
    const warnings: ConfigWarning[] = [];
    try {
      const config = readNodeConfig(ini, nowMs, { warnings, onFault: note });
      return { errors: [...errors.values()], warnings, config };
    } catch (error) {
      const { key, section } = note(error).details;
      const isForgotten = section !== undefined && key !== undefined && ini.forget(section, key);
      if (!isForgotten) return { errors: [...errors.values()], warnings };
    }
  }
}
