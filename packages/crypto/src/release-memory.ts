import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** Up to here garbage costs less; Node hands out views on pools of this size, too. */
const SMALL_BYTES = Buffer.poolSize;

let nobody: MessagePort | undefined;

/**
 * Gives the memory under `bytes` back at once: this and every other view on it are empty from then
 * on. The caller vouches that nobody needs one, and that no file or socket is still writing from it.
 *
 * V8 counts memory outside its heap as if it were inside: about 24 MB of dead chunks make it collect
 * everything (20 ms for a heap of 15 MB, says `--trace-gc` of Node 20), which costs more than to move the bytes.
 * Memory of 8 KiB or less, shared memory and that of native modules is left alone. Never throws.
 */
export function releaseMemory(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength <= SMALL_BYTES) return;
  // What is transferred to a port that is closed is nobody's.
  nobody ??= closedPort();
  try {
    nobody.postMessage(undefined, [buffer]);
  } catch {
    // It belongs to native code, which gives it back itself: Node 20 does nothing, later ones throw.
  }
}

function closedPort(): MessagePort {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}
