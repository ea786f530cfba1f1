// How much of a file its sender has read to serve it, told by a small file that survives a kill -9.
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';

// The file system that the client itself takes where it is given none.
const ofClient = createRequire(import.meta.resolve('@amop/client'));
const { systemFileSystem } = await import(ofClient.resolve('@amop/ports/system'));

/**
 * Counts in the process of the sender. A counter of the client would be lost with it, so each chunk
 * is written down once it was read, before it is served: never less than what was sent.
 *
 * @param {string} source  path of the file that is sent
 * @param {string} counterFile
 */
export function countServed(source, counterFile) {
  const counter = openSync(counterFile, 'w');
  const cell = Buffer.alloc(8);
  let served = 0;
  const note = (bytes) => {
    served = bytes;
    cell.writeDoubleBE(served);
    writeSync(counter, cell, 0, cell.length, 0);
  };
  const open = async (path, mode) => {
    const file = await systemFileSystem.open(path, mode);
    if (path !== source) return file;
    return {
      read: async (target, position) => {
        const bytes = await file.read(target, position);
        note(served + bytes);
        return bytes;
      },
      write: (bytes, position) => file.write(bytes, position),
      stat: () => file.stat(),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  };
  return {
    files: { ...systemFileSystem, open },
    /** What was read so far served nobody: it was hashed. */
    forget: () => note(0),
    close: () => closeSync(counter),
  };
}

/** Bytes that a sender has served, dead or alive; none before it has begun. */
export function servedBytes(counterFile) {
  if (!existsSync(counterFile)) return 0;
  const cell = readFileSync(counterFile);
  return cell.length < 8 ? 0 : cell.readDoubleBE();
}
