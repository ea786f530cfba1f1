import type { TreeFile } from './write-tree.ts';

/** One line for each folder that holds files, with the names of the files. */
export function treeLines(files: readonly TreeFile[]): string[] {
  const filesOf = new Map<string, string[]>();
  for (const { path } of files) {
    const slash = path.lastIndexOf('/');
    const folder = path.slice(0, slash + 1);
    const names = filesOf.get(folder) ?? [];
    names.push(path.slice(slash + 1));
    filesOf.set(folder, names);
  }
  const width = Math.max(...[...filesOf.keys()].map((folder) => folder.length));
  return [...filesOf].map(([folder, names]) => `  ${folder.padEnd(width)}  ${names.join(' ')}`);
}
