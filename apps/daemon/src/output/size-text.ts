import { formatBytes } from './text.ts';

/** As prefixes of SI: a disk and a line of so many MB/s are told so too. */
const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'] as const;
const UNIT_STEP = 1000;

/** From here on two digits are in front of the point already. */
const TWO_DIGITS = 9.95;

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** A number of bytes for people, two or three digits of it: `12 bytes`, `1.2 GB`, `540 MB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit: string | undefined;
  for (const next of UNITS) {
    if (Math.round(value) < UNIT_STEP) break;
    value /= UNIT_STEP;
    unit = next;
  }
  if (unit === undefined) return formatBytes(Math.round(bytes));
  return `${value < TWO_DIGITS ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** A time for people: `0.3 s`, `12 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`. */
export function formatSpan(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < MINUTE_S - 0.05) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < HOUR_S) return twoUnits(whole, MINUTE_S, 'min', 1, 's');
  if (whole < DAY_S) return twoUnits(whole, HOUR_S, 'h', MINUTE_S, 'min');
  return twoUnits(whole, DAY_S, 'd', HOUR_S, 'h');
}

function twoUnits(
  seconds: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = Math.floor((seconds % large) / small);
  const first = `${Math.floor(seconds / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}
