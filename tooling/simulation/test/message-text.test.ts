import { describe, expect, it } from 'vitest';
import {
  encodeAnswerText,
  encodeMessageText,
  readAnswerText,
  readMessageText,
} from '../src/history/message-text.ts';

describe('the text of a message', () => {
  it.each([0, 40, 200_000])('tells which it is, at %i bytes', (bytes) => {
    expect(readMessageText(encodeMessageText('c1.2/17', bytes))).toBe('c1.2/17');
  });

  it('is not read when a byte is another, missing or too many', () => {
    const body = encodeMessageText('c1.2/17', 200);
    const changed = body.slice();
    changed[150] = (changed[150] ?? 0) ^ 1;
    for (const wrong of [changed, body.subarray(0, 199), new Uint8Array([...body, 0])]) {
      expect(readMessageText(wrong)).toBeUndefined();
    }
  });

  it('is not read with the filler of another message', () => {
    const body = encodeMessageText('c1.2/17', 200);
    body.set(encodeMessageText('c1.2/18', 200).subarray(0, 20));
    expect(readMessageText(body)).toBeUndefined();
  });
});

describe('the text of an answer', () => {
  it('names its run', () => {
    expect(readAnswerText(encodeAnswerText('c1/run3'))).toBe('c1/run3');
    expect(readAnswerText(encodeMessageText('m', 100))).toBeUndefined();
  });
});
