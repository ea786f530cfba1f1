import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** One Java runtime of this machine. */
export interface Jdk {
  /** The `java` program. */
  readonly java: string;
  /** `17.0.15` */
  readonly version: string;
  /** `17` */
  readonly feature: number;
  /** `OpenJDK 17.0.15 (Debian)` */
  readonly name: string;
}

/** Where systems put Java: each folder in them may be one. */
const PARENTS = ['/usr/lib/jvm', '/Library/Java/JavaVirtualMachines'];

/**
 * The Java runtimes of this machine, the one that `java` or `JAVA_HOME` names first, each once.
 *
 * `AMOP_JAVA` adds `java` programs that are somewhere else, separated as in `PATH`.
 */
export function findJdks(): Jdk[] {
  const { AMOP_JAVA, JAVA_HOME, PATH } = process.env;
  const candidates = [
    ...(JAVA_HOME ? [join(JAVA_HOME, 'bin', 'java')] : []),
    ...split(PATH).map((folder) => join(folder, 'java')),
    ...split(AMOP_JAVA),
    ...PARENTS.filter(existsSync).flatMap((parent) =>
      readdirSync(parent).flatMap((name) => [
        join(parent, name, 'bin', 'java'),
        join(parent, name, 'Contents', 'Home', 'bin', 'java'),
      ]),
    ),
  ];
  const programs = new Set(candidates.filter(existsSync).map((path) => realpathSync(path)));
  return [...programs].map(describeJdk).filter((jdk) => jdk !== undefined);
}

/** The home of the JDK that a `java` program belongs to. */
export function homeOf({ java }: Jdk): string {
  return dirname(dirname(java));
}

function split(list: string | undefined): string[] {
  return (list ?? '').split(delimiter).filter((entry) => entry !== '');
}

function describeJdk(java: string): Jdk | undefined {
  const { status, stderr } = spawnSync(java, ['-XshowSettings:properties', '-version'], {
    encoding: 'utf8',
  });
  const property = (name: string): string =>
    new RegExp(`^ *${name.replaceAll('.', '\\.')} = (.*)$`, 'm').exec(stderr)?.[1]?.trim() ?? '';
  const version = property('java.version');
  if (status !== 0 || version === '') return undefined;
  // Up to Java 8 the version began with "1.".
  const feature = Number(property('java.specification.version').replace(/^1\./, ''));
  return { java, version, feature, name: `Java ${version} (${property('java.vendor')})` };
}
