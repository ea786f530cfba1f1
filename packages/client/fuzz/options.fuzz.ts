import { Choices, expectSame, fuzz, nearJson, onlyErrors } from '@amop/fuzz';
import { parseEndpoints } from '../src/options/endpoint.ts';
import { type ConnectOptions, parseOptions, parseTimeout } from '../src/options/options.ts';
import { parseTopic } from '../src/topic.ts';

const NAMES = [
  ...['nodes', 'tls', 'connectTimeoutMs', 'requestTimeoutMs', 'reconnect', 'limits', 'name'],
  ...['logger', 'signal', 'ports', 'transport', 'clock', 'random', 'scheduler', 'minDelayMs'],
  ...['maxDelayMs', 'maxPendingRequests', 'maxQueuedBytes', 'maxOutgoingBytes', 'directory'],
  ...['__proto__', 'constructor', 'length', 'toString'],
];
const WORDS = ['127.0.0.1:20200', '[::1]:1', 'host', ':1', 'a:65536', '[a]:1', 'a_b-c.d'];
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

// What somebody without a compiler may hand over: settings, or an error with a code.
fuzz({
  name: 'client/options',
  run: (input) => {
    const value = nearJson(new Choices(input), NAMES, WORDS);
    const given = { nodes: '127.0.0.1:20200', ports: { transport: {} } };
    const isObject = typeof value === 'object' && !Array.isArray(value);
    for (const options of [
      value,
      isObject ? { ...given, ...value } : given,
      { ...given, nodes: value },
    ]) {
      // The type is what is not known here.
      const settings = onlyErrors('AMOP_CLIENT_', () => parseOptions(options as ConnectOptions));
      if (settings === undefined) continue;
      const { endpoints, maxDelayMs, minDelayMs } = settings;
      if (endpoints.length === 0 || minDelayMs > maxDelayMs) throw new Error('settings do not fit');
    }
    onlyErrors('AMOP_CLIENT_', () => parseTimeout(value, 'timeoutMs', 1));
  },
});

fuzz({
  name: 'client/endpoint',
  seeds: WORDS.map((text) => encoder.encode(text)),
  words: ['[', ']', ':', '65535', '::', '%', '@', '/', ','],
  maxBytes: 60,
  run: (input) => {
    const text = decoder.decode(input);
    const [endpoint] = onlyErrors('AMOP_CLIENT_', () => parseEndpoints(text)) ?? [];
    if (endpoint !== undefined)
      expectSame(parseEndpoints([endpoint.text]), [endpoint], 'endpoints');
    const topic = onlyErrors('AMOP_CLIENT_', () => parseTopic(text));
    if (topic !== undefined) expectSame(decoder.decode(topic.bytes), text, 'topics');
  },
});
