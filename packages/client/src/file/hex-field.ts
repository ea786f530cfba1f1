import { z } from 'zod';

/** So many bytes in a record on disk, as lower-case hex digits. */
export function hexField(bytes: number): z.ZodString {
  return z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
}
