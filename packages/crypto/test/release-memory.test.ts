import { execFileSync } from 'node:child_process';
import { markAsUntransferable } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { releaseMemory } from '../src/index.ts';

test('every view on the memory is empty afterwards', () => {
  const memory = new ArrayBuffer(100_000);
  const whole = new Uint8Array(memory);
  const part = new Uint8Array(memory, 50_000, 1_000);
  releaseMemory(part);
  expect(memory.byteLength).toBe(0);
  expect(whole.length).toBe(0);
  expect(part.length).toBe(0);
  releaseMemory(whole);
});

test('what Node hands out for large reads and ciphers is given back, too', () => {
  const buffer = Buffer.alloc(20_000, 7);
  releaseMemory(buffer);
  expect(buffer.length).toBe(0);
});

test('little memory, and the pool that small Buffers share, is left alone', () => {
  const small = new Uint8Array(8_192).fill(1);
  const pooled = Buffer.from('shares its memory with others');
  releaseMemory(small);
  releaseMemory(pooled);
  releaseMemory(new Uint8Array(0));
  expect(small.every((byte) => byte === 1)).toBe(true);
  expect(pooled.toString()).toBe('shares its memory with others');
});

test('memory that cannot be given away, as that of native modules, is left alone', () => {
  const native = new Uint8Array(100_000);
  markAsUntransferable(native.buffer);
  releaseMemory(native);
  expect(native.length).toBe(100_000);
});

test('shared memory is left alone', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(100_000));
  releaseMemory(shared);
  expect(shared.length).toBe(100_000);
});

test('the memory is free at once, and nothing keeps the process from ending', () => {
  const program = `
    import { releaseMemory } from '@amop/crypto';
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    for (let each = 0; each < 1_000; each++) {
      releaseMemory(new Uint8Array(1_048_576).fill(1));
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }
    process.stdout.write(String(peak));
  `;
  const options = {
    cwd: new URL('..', import.meta.url),
    encoding: 'utf8',
    timeout: 15_000,
  } as const;
  const peak = execFileSync(process.execPath, ['--input-type=module', '-e', program], options);
  expect(Number(peak)).toBeLessThan(4 * 1_048_576);
});
