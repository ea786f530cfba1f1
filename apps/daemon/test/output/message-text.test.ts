import { describe, expect, test } from 'vitest';
import { messageForPeople, messageJson, type ShownMessage } from '../../src/output/message-text.ts';

const message: ShownMessage = {
  number: 3,
  topic: 'fx.rates',
  kind: 'multicast',
  seq: '0123456789abcdef'.repeat(2),
  body: new TextEncoder().encode('{"rate":"1.08"}\n'),
  receivedAt: new Date(Date.UTC(2026, 10, 23, 12, 0, 0, 5)),
};

describe('messageJson', () => {
  test('text is utf8, on one line', () => {
    const line = messageJson(message);
    expect(line.endsWith('\n')).toBe(true);
    expect(line.trimEnd()).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      topic: 'fx.rates',
      kind: 'multicast',
      seq: '0123456789abcdef'.repeat(2),
      time: '2026-11-23T12:00:00.005Z',
      bytes: 16,
      encoding: 'utf8',
      body: '{"rate":"1.08"}\n',
    });
  });

  test('other bytes are base64 and say so', () => {
    const line = messageJson({ ...message, body: Uint8Array.of(0, 255, 254).subarray(1) });
    expect(JSON.parse(line)).toMatchObject({ bytes: 2, encoding: 'base64', body: '//4=' });
  });

  test('a request tells what became of it', () => {
    const line = messageJson({ ...message, kind: 'request', outcome: 'answered' });
    expect(JSON.parse(line)).toMatchObject({ kind: 'request', outcome: 'answered' });
  });
});

describe('the sender on a private topic', () => {
  const sender = '0123456789abcdef'.repeat(8);

  test('is its whole key in JSON, the ends of it for people', () => {
    expect(JSON.parse(messageJson({ ...message, sender }))).toMatchObject({ sender });
    const [head] = messageForPeople({ ...message, sender }).split('\n');
    expect(head).toMatch(/ multicast on fx\.rates from 01234567…cdef \(16 bytes\)$/);
  });

  test('that has shown no key is named so', () => {
    const unverified = { ...message, sender: 'unverified' };
    expect(JSON.parse(messageJson(unverified))).toMatchObject({ sender: 'unverified' });
    expect(messageForPeople(unverified)).toContain(
      ' from an unverified publisher, readable on the way ',
    );
  });
});

describe('messageForPeople', () => {
  test('has a header, the body, an empty line', () => {
    expect(messageForPeople({ ...message, body: new TextEncoder().encode('hi') })).toMatch(
      /^\[#3\] \d\d:\d\d:\d\d\.005 multicast on fx\.rates \(2 bytes\)\nhi\n\n$/,
    );
  });

  test('a topic cannot control the terminal', () => {
    expect(messageForPeople({ ...message, topic: '\u001b[2J' })).toContain('on \\x1b[2J (');
  });
});
