// Bundles the sources of the packages and of the simulation as they are now: nothing else need be built.
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = fileURLToPath(new URL('.', import.meta.url));

/** What is built, by name. */
export const ENTRIES = {
  judge: 'src/judge/index.ts',
  main: 'src/main.ts',
  worker: 'src/worker.ts',
};

/**
 * Writes `<name>.mjs` for each entry.
 *
 * @param {{ root: string, outDir: string, entries: Record<string, string> }} options absolute paths; entries are
 *   paths below `root`, by name
 */
export async function bundle({ root, outDir, entries }) {
  const build = await rolldown({
    input: Object.fromEntries(
      Object.entries(entries).map(([name, path]) => [name, `${root}/${path}`]),
    ),
    platform: 'node',
    external: ['snappy'],
    tsconfig: false,
    resolve: { conditionNames: ['@amop/source', 'node', 'import', 'default'] },
    logLevel: 'warn',
  });
  await build.write({
    dir: outDir,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunk-[hash].mjs',
    sourcemap: true,
  });
  await build.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundle({ root: here, outDir: `${here}dist`, entries: ENTRIES });
}
