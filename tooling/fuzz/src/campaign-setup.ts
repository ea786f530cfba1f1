import { Coverage } from './coverage.ts';

/** Runs before the code under test is loaded: V8 counts the blocks of what is compiled since. */
Object.assign(globalThis, { amopFuzzCoverage: new Coverage() });
