import { z } from 'zod';
import { DEFAULT_NODE_LIMITS, type NodeLimits } from '../limits.ts';
import type { IniFile } from './ini-file.ts';

/** Largest delay of a timer, in ms; also far above any sensible number of bytes or entries. */
const MAX_VALUE = 2 ** 31 - 1;
const Limit = z
  .string()
  .regex(/^\d+$/)
  .transform(Number)
  .pipe(z.number().int().min(1).max(MAX_VALUE));

/**
 * Reads the limits of the section `[amop]`: the names of {@link NodeLimits}, in lower case with `_`.
 *
 * @returns those that are set
 * @throws NodeError `AMOP_NODE_CONFIG_VALUE`
 */
export function readLimits(ini: IniFile): Partial<NodeLimits> {
  const limits: Partial<Record<keyof NodeLimits, number>> = {};
  // The defaults are complete by their type, so their keys are the names of all limits.
  for (const name of Object.keys(DEFAULT_NODE_LIMITS) as (keyof NodeLimits)[]) {
    const found = ini.get(`amop.${keyOf(name)}`);
    if (found === undefined) continue;
    const parsed = Limit.safeParse(found.value);
    if (!parsed.success) {
      throw ini.invalid(found.name, found.value, `a whole number from 1 to ${MAX_VALUE}`);
    }
    limits[name] = parsed.data;
  }
  checkOrder(ini, { ...DEFAULT_NODE_LIMITS, ...limits });
  return limits;
}

/** `maxSessions` as `max_sessions`. */
function keyOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Limits that make sense only in this order. */
function checkOrder(ini: IniFile, limits: NodeLimits): void {
  const ascending = [
    ['lowWaterBytes', 'highWaterBytes'],
    ['highWaterBytes', 'cutBytes'],
    ['cutBytes', 'maxQueueBytes'],
  ] as const;
  for (const [lower, upper] of ascending) {
    if (limits[lower] < limits[upper]) continue;
    const name = `amop.${keyOf(lower)}`;
    throw ini.invalid(
      name,
      String(limits[lower]),
      `below ${keyOf(upper)}, which is ${limits[upper]}`,
    );
  }
  if (limits.maxMessageBytes > DEFAULT_NODE_LIMITS.maxMessageBytes) {
    const name = `amop.${keyOf('maxMessageBytes')}`;
    const most = `at most ${DEFAULT_NODE_LIMITS.maxMessageBytes}: more does not fit between nodes`;
    throw ini.invalid(name, String(limits.maxMessageBytes), most);
  }
}
