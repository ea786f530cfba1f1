import type { MemorySpace } from './memory-content.ts';
import { MemoryDirectory, MemoryFile, type MemoryNode } from './memory-node.ts';
import { posixError } from './posix-error.ts';

/** As in the file systems of Linux. */
const MAX_NAME_BYTES = 255;

/** A name in a folder that is there, and what has it. */
export interface MemoryPlace {
  readonly parent: MemoryDirectory;
  /** Empty for the root. */
  readonly name: string;
  readonly node: MemoryNode | undefined;
}

/** Folders, files and their names. Paths are absolute, with `/`; `..` is taken out before the look-up. */
export class MemoryTree {
  readonly #wallMs: () => number;
  readonly #space: MemorySpace;
  readonly #root: MemoryDirectory;
  #made = 0;

  constructor(wallMs: () => number, space: MemorySpace) {
    this.#wallMs = wallMs;
    this.#space = space;
    this.#root = new MemoryDirectory(this.#nextIdentity(), wallMs());
  }

  /** What has a name; undefined when it or a folder above it is missing. */
  find(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this.#root;
    for (const name of namesOf(path)) {
      if (node === undefined) return undefined;
      node = entryOf(searchable(node, path), name, path);
    }
    return node;
  }

  /** Where a name is or could be; `ENOENT` when the folder is missing. */
  place(path: string): MemoryPlace {
    const names = namesOf(path);
    const name = names.pop();
    if (name === undefined) return { parent: this.#root, name: '', node: this.#root };
    const parent = this.directory(`/${names.join('/')}`);
    return { parent, name, node: entryOf(parent, name, path) };
  }

  /** A folder whose names may be read: `ENOENT`, `ENOTDIR`, `EACCES`. */
  directory(path: string): MemoryDirectory {
    const node = this.find(path);
    if (node === undefined) throw posixError('ENOENT', path);
    return searchable(node, path);
  }

  /** The folder of that name, made if it is missing, as are those above it. */
  makeDirectory(path: string): void {
    let node: MemoryNode = this.#root;
    for (const name of namesOf(path)) {
      const parent = searchable(node, path);
      let next = entryOf(parent, name, path);
      if (next === undefined) {
        next = new MemoryDirectory(this.#nextIdentity(), this.#wallMs());
        this.attach({ parent, name }, next);
      }
      node = next;
    }
    if (node.kind !== 'directory') throw posixError('EEXIST', path);
  }

  /** A new empty file in a place where nothing is. */
  makeFile(place: MemoryPlace): MemoryFile {
    const file = new MemoryFile(this.#nextIdentity(), this.#wallMs(), this.#space);
    this.attach(place, file);
    return file;
  }

  /** Gives a name to a node. */
  attach({ parent, name }: Pick<MemoryPlace, 'parent' | 'name'>, node: MemoryNode): void {
    if (node.kind === 'file') node.hold();
    parent.entries.set(name, node);
    parent.modifiedMs = this.#wallMs();
  }

  /** Takes a name away. */
  detach({ parent, name, node }: MemoryPlace): void {
    parent.entries.delete(name);
    parent.modifiedMs = this.#wallMs();
    if (node?.kind === 'file') node.release();
  }

  #nextIdentity(): string {
    this.#made += 1;
    return `memory:${this.#made}`;
  }
}

function searchable(node: MemoryNode, path: string): MemoryDirectory {
  if (node.kind !== 'directory') throw posixError('ENOTDIR', path);
  if (node.isDenied) throw posixError('EACCES', path);
  return node;
}

function entryOf(parent: MemoryDirectory, name: string, path: string): MemoryNode | undefined {
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) {
    throw posixError('ENAMETOOLONG', path);
  }
  return parent.entries.get(name);
}

function namesOf(path: string): string[] {
  if (!path.startsWith('/')) throw posixError('EINVAL', path);
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}
