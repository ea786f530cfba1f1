export { Choices } from './choices.ts';
export { expectSame, onlyErrors } from './expectations.ts';
export { fuzz } from './fuzz.ts';
export { fromHex, toHex } from './hex.ts';
export { nearJson } from './near-json.ts';
export type { FuzzTarget } from './target.ts';
