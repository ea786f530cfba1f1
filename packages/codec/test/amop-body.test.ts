import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amopBodyBytes,
  encodeAmopBody,
  readAmopBody,
  readAmopTopic,
  writeAmopBody,
} from '../src/amop-body.ts';
import { anyBytes, anyTopic, FIXED } from './arbitrary.ts';
import { codecErrorOf, codeOf } from './codec-error.ts';
import { fromHex, loadVectors, textField, textOf, toHex, utf8 } from './vector-file.ts';

const VECTORS = loadVectors('amop-bodies.json');
const VALID = VECTORS.filter(({ fields }) => fields.valid !== false);
const INVALID = VECTORS.filter(({ fields }) => fields.valid === false);

describe('golden vectors', () => {
  test.each(VALID)('$name decodes and encodes', (vector) => {
    const body = fromHex(vector.hex);
    const topic = textField(vector, 'topic_utf8');
    const read = readAmopBody(body);
    expect(read.topic).toBe(topic);
    expect(toHex(read.content)).toBe(vector.fields.content_hex);
    expect(readAmopTopic(body)).toBe(topic);
    expect(utf8(topic)).toHaveLength(vector.fields.topic_byte_length as number);
    expect(toHex(encodeAmopBody(topic, read.content))).toBe(vector.hex);
  });

  test.each(INVALID)('$name is refused', ({ hex }) => {
    expect(codeOf(() => readAmopBody(fromHex(hex)))).toBe('AMOP_CODEC_MALFORMED_BODY');
    expect(readAmopTopic(fromHex(hex))).toBeUndefined();
  });

  test('a topic of 255 bytes is refused where others wrap its length byte to 0', () => {
    const error = codecErrorOf(() => encodeAmopBody('a'.repeat(255), new Uint8Array()));
    expect(error.code).toBe('AMOP_CODEC_INVALID_TOPIC');
    expect(error.details).toEqual({ reason: 'too-long', bytes: 255 });
  });

  test('nothing of the file was left out', () => {
    expect([VALID.length, INVALID.length]).toEqual([12, 3]);
  });

  const bodies = loadVectors('channel-frames.json').filter(({ fields }) => 'topic' in fields);
  test.each(bodies)('body of $name', (vector) => {
    const { topic, content } = readAmopBody(fromHex(vector.hex).subarray(42));
    expect(topic).toBe(vector.fields.topic);
    if ('content_utf8' in vector.fields) expect(textOf(content)).toBe(vector.fields.content_utf8);
    else expect(toHex(content)).toBe(vector.fields.content_hex);
    expect(toHex(encodeAmopBody(topic, content))).toBe(vector.hex.slice(84));
  });
});

describe('malformed', () => {
  test.each([
    ['empty', ''],
    ['length-zero', '00616263'],
    ['length-beyond-data', 'ff616263'],
    ['length-beyond-data', '02'],
    ['not-utf8', '03ff6178'],
  ])('%s', (reason, hex) => {
    const error = codecErrorOf(() => readAmopBody(fromHex(hex)));
    expect(error.code).toBe('AMOP_CODEC_MALFORMED_BODY');
    expect(error.details).toEqual({ reason, dataBytes: hex.length / 2 });
    expect(readAmopTopic(fromHex(hex))).toBeUndefined();
  });

  test.each([
    ['chan-0x30-empty-data', 'empty'],
    ['chan-0x30-topic-length-zero', 'length-zero'],
    ['chan-0x30-topic-length-overrun', 'length-beyond-data'],
  ])('D-01: %s, which stops or misleads the original', (name, reason) => {
    const hex = loadVectors('malformed.json').find((vector) => vector.name === name)?.hex ?? '';
    const { details } = codecErrorOf(() => readAmopBody(fromHex(hex).subarray(42)));
    expect(details).toMatchObject({ reason });
  });
});

test('a topic is read in place from a whole frame', () => {
  const hex = loadVectors('channel-frames.json').find(
    ({ name }) => name === '0x30-unicast-request',
  )?.hex;
  expect(readAmopTopic(fromHex(hex ?? ''), 42)).toBe('hello');
  expect(readAmopTopic(fromHex('0161'), 2)).toBeUndefined();
  expect(readAmopTopic(fromHex('0000056162'), 2)).toBeUndefined();
});

test('the content is a view on the data', () => {
  const data = fromHex('02617a');
  const { content } = readAmopBody(data);
  data[2] = 0x79;
  expect(textOf(content)).toBe('y');
});

test('any topic and content come back', () => {
  fc.assert(
    fc.property(anyTopic, anyBytes(80), (topic, content) => {
      expect(readAmopBody(encodeAmopBody(topic, content))).toEqual({ topic, content });
    }),
    FIXED,
  );
});

test('any data is a body that encodes to the same bytes, or malformed', () => {
  fc.assert(
    fc.property(anyBytes(12), (data) => {
      const topic = readAmopTopic(data);
      const code = codeOf(() => {
        const body = readAmopBody(data);
        expect(body.topic).toBe(topic);
        expect(encodeAmopBody(body.topic, body.content)).toEqual(data);
      });
      expect(code).toBe(topic === undefined ? 'AMOP_CODEC_MALFORMED_BODY' : undefined);
    }),
    { ...FIXED, numRuns: 2000 },
  );
});

describe('writing into a buffer', () => {
  test('goes where it is told and nowhere else', () => {
    const target = new Uint8Array(8).fill(0xee);
    expect(amopBodyBytes(utf8('ab'), utf8('xyz'))).toBe(6);
    writeAmopBody(target, 1, utf8('ab'), utf8('xyz'));
    expect(toHex(target)).toBe('ee03616278797aee');
  });

  const room = new Uint8Array(300);
  test.each<[string, () => unknown]>([
    [
      'D-27: a topic of 255 bytes',
      () => writeAmopBody(room, 0, new Uint8Array(255), new Uint8Array()),
    ],
    ['no room', () => writeAmopBody(room, 1, utf8('a'), new Uint8Array(298))],
    ['a negative offset', () => writeAmopBody(room, -1, utf8('a'), new Uint8Array())],
  ])('%s is refused', (_name, action) => {
    expect(codeOf(action)).toBe('AMOP_CODEC_INVALID_ARGUMENT');
    expect(room).toEqual(new Uint8Array(300));
  });

  // Found by codec/topic-name, 0000db00: the control character in front hid the half pair.
  test.each(['\ud800', '\u0000\udb00', '\t\udc00'])(
    'half of a surrogate pair has no bytes: %j',
    (topic) => {
      expect(codecErrorOf(() => encodeAmopBody(topic, room)).details).toMatchObject({
        reason: 'not-well-formed',
      });
    },
  );

  test('a topic that is too long is told so whatever it holds', () => {
    const topic = `\t${'é'.repeat(127)}`;
    expect(codecErrorOf(() => encodeAmopBody(topic, room)).details).toMatchObject({
      reason: 'too-long',
      bytes: 255,
    });
  });
});
