import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homeOf, type Jdk } from './jdk.ts';

const PROJECT = fileURLToPath(new URL('../../java', import.meta.url));

/** The version of the SDK that the application is built on. */
export function sdkVersion(): string {
  const pom = readFileSync(join(PROJECT, 'pom.xml'), 'utf8');
  return /<artifactId>fisco-bcos-java-sdk<\/artifactId>\s*<version>([^<]+)/.exec(pom)?.[1] ?? '';
}

/** Whether the `mvn` command is there. */
export function hasMaven(): boolean {
  return spawnSync('mvn', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** The first JDK with a compiler; undefined when there are only runtimes. */
export function compilerOf(jdks: readonly Jdk[]): Jdk | undefined {
  return jdks.find((jdk) => existsSync(join(homeOf(jdk), 'bin', 'javac')));
}

/**
 * Gets the SDK from Maven Central and compiles the application.
 *
 * @returns the class path
 * @throws Error with what Maven printed
 */
export function buildApplication(jdk: Jdk): string {
  const args = ['--batch-mode', '--quiet', 'compile', 'dependency:copy-dependencies'];
  const { status, stdout, stderr } = spawnSync('mvn', args, {
    cwd: PROJECT,
    encoding: 'utf8',
    env: { ...process.env, JAVA_HOME: homeOf(jdk) },
  });
  if (status !== 0) throw new Error(`mvn ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return [join(PROJECT, 'target', 'classes'), join(PROJECT, 'target', 'lib', '*')].join(delimiter);
}
