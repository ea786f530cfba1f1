import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Collector } from '../src/history/collector.mjs';
import { now } from '../src/time.mjs';

let folder;
let heard;
let collector;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amop-collector-'));
  heard = [];
  const path = join(folder, 'history.jsonl');
  collector = new Collector({ path, startNs: now(), heard: (event) => heard.push(event.kind) });
});

afterEach(() => {
  collector.close();
  rmSync(folder, { recursive: true });
});

function write(name, text) {
  appendFileSync(join(folder, name), text);
}

test('histories of several processes become one, in the order of time', () => {
  for (const name of ['a', 'b']) collector.follow(join(folder, name));
  write('a', '{"atMs":1,"kind":"a1"}\n{"atMs":4,"kind":"a4"}\n');
  write('b', '{"atMs":2,"kind":"b2"}\n{"atMs":3,"kind":"b3"}\n');
  collector.drain(3);
  expect(heard).toEqual(['a1', 'b2', 'b3']);
  collector.drain(Number.POSITIVE_INFINITY);
  expect(heard.at(-1)).toBe('a4');
  const lines = readFileSync(join(folder, 'history.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).atMs)).toEqual([1, 2, 3, 4]);
});

test('a line counts once it is whole', () => {
  collector.follow(join(folder, 'a'));
  write('a', '{"atMs":1,"ki');
  collector.drain(Number.POSITIVE_INFINITY);
  expect(heard).toEqual([]);
  write('a', 'nd":"a1"}\n');
  collector.drain(Number.POSITIVE_INFINITY);
  expect(heard).toEqual(['a1']);
});
