import { describe, expect, test } from 'vitest';
import {
  encodeJson,
  encodeNodeJson,
  isStringArray,
  parseItems,
  parseJson,
  SMALL_JSON,
  TRUSTED_JSON,
} from '../../src/bytes/json.ts';
import { codecErrorOf } from '../codec-error.ts';
import { textOf, utf8 } from '../vector-file.ts';

describe('parsing', () => {
  test.each(['', ' ', '{', '[1,]', 'nope', '{}x', '\ufeff{}', '01', '\u0000'])(
    '%j is no JSON',
    (text) => {
      expect(parseJson(utf8(text), SMALL_JSON)).toBeUndefined();
    },
  );

  test('bytes that are not UTF-8 are no JSON', () => {
    expect(parseJson(Uint8Array.of(0x22, 0xff, 0x22), SMALL_JSON)).toBeUndefined();
  });

  test('null, false and 0 are JSON', () => {
    expect(['null', 'false', '0\n'].map((text) => parseJson(utf8(text), SMALL_JSON))).toEqual([
      null,
      false,
      0,
    ]);
  });

  test('a hundred thousand open brackets are refused without a stack overflow', () => {
    expect(parseJson(utf8('['.repeat(100_000)), TRUSTED_JSON)).toBeUndefined();
  });
});

describe('what may be in a JSON text from outside', () => {
  const limits = { maxBytes: 60, maxNested: 2, maxItems: 3 };

  test.each(['["a","b","c","d"]', '{"a":{"b":"c"}}', '["[[[[,,,,::::", "\\"[[[,,,"]'])(
    '%s is within the limits: what stands in strings does not count',
    (text) => {
      expect(parseJson(utf8(text), limits)).toEqual(JSON.parse(text));
    },
  );

  test.each(['[[[]]]', '[1,2,3,4,5]', '{"a":1,"b":2,"c":3}', `"${'x'.repeat(60)}"`])(
    '%s is beyond them and is not parsed',
    (text) => {
      expect(parseJson(utf8(text), limits)).toBeUndefined();
    },
  );
});

describe('writing', () => {
  test('a node writes members in ascending byte order at every depth, and a newline', () => {
    const value = { b: [{ z: 1, a: 2 }], B: null, '\u{10000}': 1, '\uffff': 2, a: { d: 1, c: 2 } };
    expect(textOf(encodeNodeJson(value))).toBe(
      '{"B":null,"a":{"c":2,"d":1},"b":[{"a":2,"z":1}],"\uffff":2,"\u{10000}":1}\n',
    );
  });

  test('an SDK writes members as given and appends nothing', () => {
    expect(textOf(encodeJson({ b: 1, a: undefined, c: '题' }))).toBe('{"b":1,"c":"题"}');
  });

  test('what has no JSON form is an invalid argument', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    for (const value of [1n, cyclic]) {
      for (const encode of [encodeJson, encodeNodeJson]) {
        const error = codecErrorOf(() => encode(value));
        expect(error.code).toBe('AMOP_CODEC_INVALID_ARGUMENT');
        expect(error.cause).toBeInstanceOf(Error);
      }
    }
  });
});

test('parsing items stops at the first bad one', () => {
  let looked = 0;
  const items = parseItems(['a', 1, 'b'], (item) => {
    looked += 1;
    return typeof item === 'string' ? item : undefined;
  });
  expect([items, looked]).toEqual([undefined, 2]);
  expect(parseItems({ length: 0 }, String)).toBeUndefined();
});

test('a string array holds nothing but strings', () => {
  expect([[], ['a'], ['a', 1], 'a', null].map(isStringArray)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
