import { basename, resolve } from 'node:path';
import type { FileSystem, OpenFile, Random } from '@amop/ports';
import { hexOf } from '../../hex.ts';
import { badOption, sourceError, stateError, unreadable } from '../file-error.ts';
import type { FileSource } from '../file-types.ts';
import { checkName } from './send-options.ts';

/** A source by its path: it can be found again by another process. */
interface SourcePlace {
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly identity: string;
}

/** What is sent, ready to be read at any place. */
export interface Source {
  /** For people and for receivers, unless another name was given. */
  readonly name: string;
  readonly size: number;
  /** Undefined for what only this process has. */
  readonly place: SourcePlace | undefined;
  /** Reads until `target` is full or the source ends; resolves with the bytes read. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Whether it is as it was when it was opened, as far as its size and time of the last change tell. */
  isUnchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/** Collaborators of {@link openSource}. */
export interface SourceDependencies {
  readonly files: FileSystem;
  readonly random: Random;
  /** Where a stream is written to until it has been sent. */
  readonly spoolDirectory: string;
  readonly signal: AbortSignal | undefined;
  readonly onSpooled: (bytes: number) => void;
}

/**
 * Opens what is to be sent. A stream is written to disk first: receivers ask for any part of it, each
 * at its own time.
 *
 * @throws ClientError `AMOP_CLIENT_FILE_SOURCE`, `AMOP_CLIENT_FILE_STATE`, `AMOP_CLIENT_OPTIONS`
 */
export async function openSource(
  source: FileSource,
  name: string | undefined,
  dependencies: SourceDependencies,
): Promise<Source> {
  if (typeof source === 'string') return openPath(source, name, dependencies.files);
  if (source instanceof Blob) return openBlob(source, name);
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) {
    if (name === undefined) throw badOption('name', 'is needed for a stream: it has none');
    return spool(source, name, dependencies);
  }
  throw badOption('source', 'must be a path, a Blob or an async iterable of Uint8Array');
}

async function openPath(
  given: string,
  name: string | undefined,
  files: FileSystem,
): Promise<Source> {
  const path = resolve(given);
  const shown = name ?? basename(path);
  let file: OpenFile;
  try {
    // Looked at before it is opened: to open a pipe would wait for somebody who writes.
    const found = await files.stat(path);
    if (found !== undefined && found.kind !== 'file') {
      const what = found.kind === 'directory' ? 'is a folder: pack it first' : 'is not a file';
      throw sourceError(path, 'not-a-file', what);
    }
    file = await files.open(path, 'read');
  } catch (cause) {
    throw isSourceError(cause) ? cause : unreadable(path, cause);
  }
  try {
    const { sizeBytes: size, modifiedMs, identity } = await file.stat();
    return {
      name: shown,
      size,
      place: { path, size, modifiedMs, identity },
      read: (target, position) => file.read(target, position),
      isUnchanged: async () => {
        const now = await file.stat();
        return now.sizeBytes === size && now.modifiedMs === modifiedMs;
      },
      close: () => file.close(),
    };
  } catch (cause) {
    await file.close();
    throw unreadable(path, cause);
  }
}

function openBlob(blob: Blob, name: string | undefined): Source {
  const shown = name ?? (blob instanceof File ? blob.name : undefined);
  if (shown === undefined) throw badOption('name', 'is needed for a Blob that is no File');
  checkName(shown);
  return {
    name: shown,
    size: blob.size,
    place: undefined,
    read: async (target, position) => {
      const part = blob.slice(position, position + target.length);
      const bytes = new Uint8Array(await part.arrayBuffer());
      target.set(bytes);
      return bytes.length;
    },
    isUnchanged: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
}

async function spool(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  { files, random, spoolDirectory, signal, onSpooled }: SourceDependencies,
): Promise<Source> {
  const path = resolve(spoolDirectory, `spool-${hexOf(random.bytes(16))}`);
  let file: OpenFile;
  try {
    await files.makeDirectory(spoolDirectory);
    file = await files.open(path, 'create');
  } catch (cause) {
    throw stateError(spoolDirectory, cause);
  }
  // Without a name nothing is left of it, however this process ends. Not everywhere can that be done.
  const hasName = await files.remove(path).then(
    () => false,
    () => true,
  );
  const close = async (): Promise<void> => {
    await file.close();
    if (hasName) await files.remove(path);
  };
  try {
    const size = await writeAll(stream, file, { name, spoolDirectory, signal, onSpooled });
    return {
      name,
      size,
      place: undefined,
      read: (target, position) => file.read(target, position),
      isUnchanged: () => Promise.resolve(true),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function writeAll(
  stream: AsyncIterable<Uint8Array>,
  file: OpenFile,
  options: Pick<SourceDependencies, 'spoolDirectory' | 'signal' | 'onSpooled'> & {
    readonly name: string;
  },
): Promise<number> {
  const { name, spoolDirectory, signal, onSpooled } = options;
  let size = 0;
  try {
    for await (const piece of untilAborted(stream, signal)) {
      if (!(piece instanceof Uint8Array)) {
        throw sourceError(name, 'not-bytes', `the stream gave ${typeof piece} instead of bytes`);
      }
      await file.write(piece, size).catch((cause: unknown) => {
        throw stateError(spoolDirectory, cause);
      });
      size += piece.length;
      onSpooled(size);
    }
  } catch (cause) {
    if (isSourceError(cause) || signal?.aborted) throw cause;
    throw sourceError(name, 'stream-failed', 'the stream failed', cause);
  }
  return size;
}

/** The same pieces; a stream that gives nothing any more does not outlive the signal. */
async function* untilAborted(
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const pieces = stream[Symbol.asyncIterator]();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort);
  });
  // It may come when nobody waits any more.
  aborted.catch(() => undefined);
  let isOver = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const piece = await Promise.race([pieces.next(), aborted]);
      isOver = piece.done === true;
      if (piece.done) return;
      yield piece.value;
    }
  } finally {
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
    // Not waited for: one that hangs in `next` would hang here, too.
    if (!isOver) Promise.resolve(pieces.return?.()).catch(() => undefined);
  }
}

function isSourceError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ClientError';
}
