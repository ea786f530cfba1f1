import { describe, expect, test } from 'vitest';
import { readChannelFrame } from '../../src/channel-frame.ts';
import {
  encodeHandshakeRequest,
  encodeHandshakeResponse,
  type HandshakeRequest,
  parseHandshakeRequest,
  parseHandshakeResponse,
} from '../../src/messages/handshake.ts';
import { fromHex, loadRecording, loadVectors, textOf, utf8 } from '../vector-file.ts';

function request(text: string): HandshakeRequest | undefined {
  return parseHandshakeRequest(utf8(text));
}

describe('request', () => {
  test.each([
    ['{}', { minimumSupport: 1, maximumSupport: 1 }],
    ['null', { minimumSupport: 1, maximumSupport: 1 }],
    ['{"maximumSupport":9}', { minimumSupport: 1, maximumSupport: 9 }],
    ['{"minimumSupport":2.9,"maximumSupport":3.1}', { minimumSupport: 2, maximumSupport: 3 }],
    [
      '{"minimumSupport":-1,"maximumSupport":3}',
      { minimumSupport: 4_294_967_295, maximumSupport: 3 },
    ],
    [
      '{"minimumSupport":1,"maximumSupport":3,"clientType":"x","other":[1]}',
      { minimumSupport: 1, maximumSupport: 3, clientType: 'x' },
    ],
    ['{"clientType":7,"amop":"x"}', { minimumSupport: 1, maximumSupport: 1 }],
    ['{"amop":{"v":1,"want":["batch",2]}}', { minimumSupport: 1, maximumSupport: 1 }],
    [
      '{"amop":{"v":2,"want":["batch"],"more":1}}',
      { minimumSupport: 1, maximumSupport: 1, amop: { v: 2, want: ['batch'] } },
    ],
  ])('%s', (text, expected) => {
    expect(request(text)).toStrictEqual(expected);
  });

  test.each([
    '',
    '[]',
    '[1]',
    '5',
    'true',
    '"text"',
    'nope',
    '{"minimumSupport":"1"}',
    '{"maximumSupport":"3"}',
    '{"maximumSupport":null}',
    '{"maximumSupport":[3]}',
    '{"maximumSupport":1e10}',
    '{"maximumSupport":1e999}',
  ])('%j gets no reply', (text) => {
    expect(request(text)).toBeUndefined();
  });

  test('the recorded ones are answered exactly where the original answered', () => {
    const lines = loadRecording('ref-channel.jsonl').filter(({ what }) => what === 'handshake');
    const asked = lines
      .filter(({ dir }) => dir === 'sdk->node')
      .map(({ hex }) => readChannelFrame(fromHex(hex)));
    const answered = new Set(
      lines
        .filter(({ dir }) => dir === 'node->sdk')
        .map(({ hex }) => readChannelFrame(fromHex(hex)).seqKey),
    );
    const speaksWithUs = asked.filter((frame) => {
      const parsed = parseHandshakeRequest(frame.data);
      return parsed !== undefined && parsed.minimumSupport <= 3 && parsed.maximumSupport >= 1;
    });
    expect(asked.length).toBeGreaterThan(answered.size);
    expect(new Set(speaksWithUs.map(({ seqKey }) => seqKey))).toEqual(answered);
  });

  test.each([
    ['chan-0x14-disjoint-range', { minimumSupport: 4, maximumSupport: 9, clientType: 'x' }],
    ['chan-0x14-bad-json', undefined],
    ['chan-0x14-empty-object', { minimumSupport: 1, maximumSupport: 1 }],
  ])('%s', (name, expected) => {
    const hex = loadVectors('malformed.json').find((vector) => vector.name === name)?.hex ?? '';
    expect(parseHandshakeRequest(readChannelFrame(fromHex(hex)).data)).toEqual(expected);
  });

  test('is written in the order of its members, absent ones absent', () => {
    const full = {
      minimumSupport: 1,
      maximumSupport: 3,
      clientType: 'amop-ts',
      amop: { v: 1, want: ['ack'] },
    };
    const text =
      '{"minimumSupport":1,"maximumSupport":3,"clientType":"amop-ts","amop":{"v":1,"want":["ack"]}}';
    expect(textOf(encodeHandshakeRequest(full))).toBe(text);
    expect(request(text)).toStrictEqual(full);
    expect(textOf(encodeHandshakeRequest({ minimumSupport: 1, maximumSupport: 1 }))).toBe(
      '{"minimumSupport":1,"maximumSupport":1}',
    );
  });

  test('the form of the Go SDK is what we write', () => {
    const data = readChannelFrame(
      fromHex(
        loadVectors('channel-frames.json').find(({ name }) => name === '0x14-handshake-request-go')
          ?.hex ?? '',
      ),
    ).data;
    const parsed = parseHandshakeRequest(data);
    expect(parsed).toStrictEqual({ minimumSupport: 1, maximumSupport: 3, clientType: 'Go-SDK' });
    expect(parsed && textOf(encodeHandshakeRequest(parsed))).toBe(textOf(data));
  });
});

describe('response', () => {
  test('is written as the original does', () => {
    expect(textOf(encodeHandshakeResponse({ nodeVersion: '2.9.1', protocol: 3 }))).toBe(
      '{"nodeVersion":"2.9.1","protocol":3}\n',
    );
  });

  test('grants go only to who asked, and come back', () => {
    const response = { nodeVersion: '2.9.1', protocol: 3, amop: { v: 1, have: ['batch'] } };
    const data = encodeHandshakeResponse(response);
    expect(textOf(data)).toBe(
      '{"amop":{"have":["batch"],"v":1},"nodeVersion":"2.9.1","protocol":3}\n',
    );
    expect(parseHandshakeResponse(data)).toStrictEqual(response);
  });

  test('of an original node has no grants', () => {
    const response = parseHandshakeResponse(utf8('{"protocol":3,"nodeVersion":"2.11.0"}'));
    expect(response).toStrictEqual({ nodeVersion: '2.11.0', protocol: 3 });
  });

  test.each([
    '',
    '{}',
    '[]',
    'null',
    '{"protocol":"3"}',
    '{"protocol":1.5}',
    '{"nodeVersion":1,"protocol":3}',
  ])('%j is none', (text) => {
    expect(parseHandshakeResponse(utf8(text))).toBeUndefined();
  });
});
