import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'vitest';

const { AMOP_FUZZ_MS = '2000', AMOP_FUZZ_SEED } = process.env;
const BUDGET_MS = Number(AMOP_FUZZ_MS);

/** A failure prints its seed: give it back in AMOP_FUZZ_SEED to see it again. */
const SEED = Number(AMOP_FUZZ_SEED ?? Date.now() & 0x7fffffff);

/** One target: `check` gets inputs of `arbitrary` until the time budget is used up. */
export function fuzz<Input>(
  name: string,
  arbitrary: fc.Arbitrary<Input>,
  check: (input: Input) => void,
): void {
  const parameters = {
    seed: SEED,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: BUDGET_MS,
  };
  test(name, { timeout: BUDGET_MS + 60_000 }, () => {
    fc.assert(fc.property(arbitrary, check), parameters);
  });
}

/** Bytes of the published vectors with a few places changed, cut out or doubled. */
export function mutated(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.record({
    place: fc.nat(),
    remove: fc.nat({ max: 6 }),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.constantFrom(...['00', 'ff', '09', '22', '5b', '7b', '00000000', '06400000'].map(fromHex)),
    ),
  });
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 6 }))
    .map(([seed, changes]) => changes.reduce(applyChange, seed));
}

/** The bytes of every vector in the files. */
export function vectorBytes(...files: string[]): Uint8Array[] {
  return files.flatMap((file) => {
    const text = readFileSync(new URL(`../test/vectors/${file}`, import.meta.url), 'utf8');
    const vectors = JSON.parse(text) as { hex: string }[]; // published test data of known shape
    return vectors.map(({ hex }) => fromHex(hex));
  });
}

function applyChange(
  bytes: Uint8Array,
  change: { place: number; remove: number; insert: Uint8Array },
): Uint8Array {
  const place = change.place % (bytes.length + 1);
  return Uint8Array.from([
    ...bytes.subarray(0, place),
    ...change.insert,
    ...bytes.subarray(place + change.remove),
  ]);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}
