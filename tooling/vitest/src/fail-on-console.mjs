import { afterEach, beforeEach, expect } from 'vitest';

const methods = ['log', 'info', 'warn', 'error', 'debug'];
const originals = new Map(methods.map((method) => [method, console[method]]));
let printed = [];

beforeEach(() => {
  printed = [];
  for (const method of methods) {
    console[method] = (...args) => {
      printed.push(args.map(String).join(' '));
    };
  }
});

afterEach(() => {
  for (const [method, original] of originals) console[method] = original;
  expect(printed, 'libraries do not print').toEqual([]);
});
