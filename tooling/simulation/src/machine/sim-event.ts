import type { SimProcess } from './sim-process.ts';

/** Something that will happen in a process of the simulation; `undefined`: in the world around them. */
export interface SimEvent {
  atMs: number;
  /** Drawn when it is posted: decides among events of one moment. */
  readonly tie: number;
  readonly process: SimProcess | undefined;
  /** Undefined once it has happened or was called off. */
  run: (() => void) | undefined;
}
