import { describe, expect, test } from 'vitest';
import { readChannelFrame } from '../../src/channel-frame.ts';
import {
  encodeRpcError,
  encodeRpcRequest,
  encodeRpcResult,
  parseRpcRequest,
  parseRpcResponse,
} from '../../src/messages/rpc.ts';
import { codeOf } from '../codec-error.ts';
import { fromHex, loadVectors, textField, textOf, utf8 } from '../vector-file.ts';

const STARTUP = loadVectors('sdk-startup.json').filter(({ fields }) => fields.type === 0x12);

describe('sdk start-up', () => {
  test.each(STARTUP)(
    '$name: the request is understood, the reply is written byte for byte',
    (vector) => {
      const request = parseRpcRequest(readChannelFrame(fromHex(vector.hex)).data);
      const reply = parseRpcResponse(utf8(textField(vector, 'reply_utf8')));
      expect(request?.method).toMatch(/^get[A-Z]/);
      expect(reply).toMatchObject({ kind: 'result', id: request?.id });
      const result = reply?.kind === 'result' ? reply.result : undefined;
      expect(textOf(encodeRpcResult(request?.id ?? null, result))).toBe(vector.fields.reply_utf8);
    },
  );

  test('the Java request is what we write', () => {
    const text = textField(
      STARTUP[0] ?? { name: 'none', source: '', fields: {}, hex: '' },
      'request_utf8',
    );
    const request = parseRpcRequest(utf8(text));
    expect(request && textOf(encodeRpcRequest(request))).toBe(text);
  });
});

describe('request', () => {
  test.each([
    ['{"method":"m"}', { id: null, method: 'm', params: [] }],
    [
      '{"jsonrpc":"2.0","id":"a","method":"m","params":[1,{}]}',
      { id: 'a', method: 'm', params: [1, {}] },
    ],
    ['{"id":{},"method":"m","params":{"a":1}}', { id: null, method: 'm', params: [] }],
    ['{"id":0,"method":"m","params":null}', { id: 0, method: 'm', params: [] }],
  ])('%s', (text, expected) => {
    expect(parseRpcRequest(utf8(text))).toStrictEqual(expected);
  });

  test.each(['', '{}', '[]', '[{"method":"m"}]', 'null', '1', '{"method":1}', '{"method":"m"'])(
    '%j gets -32700',
    (text) => {
      expect(parseRpcRequest(utf8(text))).toBeUndefined();
    },
  );
});

describe('response', () => {
  test('an error is written as the original does and comes back', () => {
    const data = encodeRpcError('x', -32_601, 'no such method');
    expect(textOf(data)).toBe(
      '{"error":{"code":-32601,"message":"no such method"},"id":"x","jsonrpc":"2.0"}\n',
    );
    expect(parseRpcResponse(data)).toEqual({
      kind: 'error',
      id: 'x',
      code: -32_601,
      message: 'no such method',
    });
  });

  test('of the vector with a data member in its error is understood', () => {
    const vector = loadVectors('channel-frames.json').find(
      ({ name }) => name === '0x12-error-response-unknown-method',
    );
    const response = parseRpcResponse(utf8(String(vector?.fields.data_utf8)));
    expect(response).toMatchObject({ kind: 'error', id: 5, code: -32_601 });
  });

  test('nested results have their members in ascending order', () => {
    expect(textOf(encodeRpcResult(1, [{ Topic: [], Agency: 'a' }]))).toBe(
      '{"id":1,"jsonrpc":"2.0","result":[{"Agency":"a","Topic":[]}]}\n',
    );
  });

  test('a result of nothing is null, not left out: without it the Java SDK dies', () => {
    const data = encodeRpcResult(null, undefined);
    expect(textOf(data)).toBe('{"id":null,"jsonrpc":"2.0","result":null}\n');
    expect(parseRpcResponse(data)).toEqual({ kind: 'result', id: null, result: null });
  });

  test('a result without JSON form is an invalid argument', () => {
    expect(codeOf(() => encodeRpcResult(1, 1n))).toBe('AMOP_CODEC_INVALID_ARGUMENT');
  });

  test.each(['', '{}', '[]', 'null', '{"id":1}', '{"id":1,"error":{}}', '{"error":"x"}'])(
    '%j is none',
    (text) => {
      expect(parseRpcResponse(utf8(text))).toBeUndefined();
    },
  );
});
