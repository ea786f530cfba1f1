import { expectSame, fuzz, onlyErrors } from '@amop/fuzz';
import {
  decodeTopicBytes,
  encodeAmopBody,
  isBlockNotifyTopic,
  isPrivateTopic,
  isTopicName,
  parseTopicName,
  readAmopBody,
  topicNameBytes,
} from '../src/index.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

fuzz({
  name: 'codec/topic-name',
  seeds: ['orders', '#!$TopicNeedVerify_a', '_block_notify_1', 'é\ud83d\ude00'].map((text) =>
    new TextEncoder().encode(text),
  ),
  words: [
    '#!$TopicNeedVerify_',
    '#!$VerifyChannel_',
    '#!$PushChannel_',
    '_block_notify_',
    '\ufeff',
  ],
  run: (input) => {
    onlyErrors('AMOP_CODEC_', () => decodeTopicBytes(input, 0, input.length));
    // UTF-16 units, so that half pairs come too, and UTF-8.
    const units = String.fromCharCode(...new Uint16Array(input.slice(0, input.length & ~1).buffer));
    for (const text of [units, decoder.decode(input)]) {
      isBlockNotifyTopic(text);
      isPrivateTopic(text);
      const name = onlyErrors('AMOP_CODEC_', () => parseTopicName(text));
      expectSame(isTopicName(text), name !== undefined, 'is and parse');
      const body = onlyErrors('AMOP_CODEC_', () => encodeAmopBody(text, input));
      if (body !== undefined)
        expectSame(readAmopBody(body), { topic: text, content: input }, 'bodies');
      if (name === undefined) continue;
      const bytes = topicNameBytes(name);
      expectSame(decodeTopicBytes(bytes, 0, bytes.length), name, 'name and bytes');
      expectSame(body?.subarray(1, 1 + bytes.length), bytes, 'topic in a body');
    }
  },
});
