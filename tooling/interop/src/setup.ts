import type { TestProject } from 'vitest/node';
import { buildApplication, compilerOf, hasMaven } from './java/build.ts';
import { findJdks, type Jdk } from './java/jdk.ts';

/** What the tests get of this machine's Java. */
export interface JavaToolchain {
  readonly classPath: string;
  /** At least one; the machine's default first. */
  readonly jdks: readonly Jdk[];
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Null: no JDK or no Maven, nothing can be run. */
    java: JavaToolchain | null;
  }
}

/** Builds the Java application once for all tests. */
export function setup(project: TestProject): void {
  const jdks = findJdks();
  const compiler = compilerOf(jdks);
  if (compiler === undefined || !hasMaven()) {
    const missing = compiler === undefined ? 'no JDK' : 'no Maven';
    process.stdout.write(`\nNOT RUN: ${missing} on this machine; the Java SDK needs both.\n\n`);
    project.provide('java', null);
    return;
  }
  project.provide('java', { classPath: buildApplication(compiler), jdks });
}
