import { ChannelFrame, type ErrorDetail, encodeChannelFrame, encodeErrorDetail } from '@amop/codec';
import { expect, test } from 'vitest';
import { errorOfResult } from '../../src/call/result-error.ts';
import { seqOf } from '../support/scripted-session.ts';

const NODE = 'ab'.repeat(64);

function answer(result: number, data: Uint8Array = new Uint8Array(0)): ChannelFrame {
  return new ChannelFrame(encodeChannelFrame({ type: 0x31, seq: seqOf('1'), result, data }));
}

test.each([
  [100, 'AMOP_CLIENT_NO_SUBSCRIBER', 'node', true, 'unknown'],
  [103, 'AMOP_CLIENT_BANDWIDTH', 'node', true, 'no'],
  [104, 'AMOP_CLIENT_NO_ANSWER', 'peer-node', true, 'unknown'],
  [105, 'AMOP_CLIENT_MALFORMED', 'node', false, 'no'],
  [120, 'AMOP_CLIENT_HANDLER_FAILED', 'subscriber', false, 'yes'],
  [121, 'AMOP_CLIENT_NOT_PERMITTED', 'node', false, 'no'],
  [101, 'AMOP_CLIENT_REFUSED', 'subscriber', false, 'yes'],
  [-7, 'AMOP_CLIENT_REFUSED', 'subscriber', false, 'yes'],
] as const)('result %i without details is %s', (result, code, hop, retryable, maybeDelivered) => {
  const error = errorOfResult(answer(result), 'prices', NODE, false);
  expect(error.code).toBe(code);
  expect(error.details).toEqual({
    hop,
    node: NODE,
    retryable,
    maybeDelivered,
    resultCode: result,
    topic: 'prices',
  });
  expect(error.message).toContain(`result ${result}`);
  expect(error.message).toContain('"prices"');
});

test('details of the node win over what the code means by itself', () => {
  const detail: ErrorDetail = {
    hop: 'peer-node',
    node: 'cd'.repeat(64),
    reason: 'receiver-lost',
    maybeDelivered: 'no',
    retryable: true,
    message: 'gone fishing',
  };
  const error = errorOfResult(answer(104, encodeErrorDetail(detail)), 'prices', NODE, true);
  expect(error.details).toEqual({
    hop: 'peer-node',
    node: 'cd'.repeat(64),
    reason: 'receiver-lost',
    maybeDelivered: 'no',
    retryable: true,
    resultCode: 104,
    topic: 'prices',
    remoteMessage: 'gone fishing',
  });
  expect(error.message).toContain('gone fishing');
});

test('data of a non-zero result is not read where details were not agreed', () => {
  const detail: ErrorDetail = {
    hop: 'node',
    reason: 'forged',
    maybeDelivered: 'no',
    retryable: true,
  };
  const error = errorOfResult(answer(104, encodeErrorDetail(detail)), 'prices', NODE, false);
  expect(error.details.reason).toBeUndefined();
  expect(error.details.maybeDelivered).toBe('unknown');
});

test('a message above the limit of the node is told from one that cannot be read', () => {
  const detail = { hop: 'node', maybeDelivered: 'no', retryable: false } as const;
  const codes = ['too-large', 'malformed-body'].map((reason) => {
    const data = encodeErrorDetail({ ...detail, reason });
    return errorOfResult(answer(105, data), 'prices', NODE, true).code;
  });
  expect(codes).toEqual(['AMOP_CLIENT_TOO_LARGE', 'AMOP_CLIENT_MALFORMED']);
});
