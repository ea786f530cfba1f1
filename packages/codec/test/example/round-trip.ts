import {
  ChannelFrameDecoder,
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
  readAmopBody,
} from '@amop/codec';

const text = new TextEncoder();
const bytes = encodeChannelFrame({
  type: ChannelType.request,
  seq: text.encode('0123456789abcdef0123456789abcdef'),
  data: encodeAmopBody('orders', text.encode('buy 10')),
});

export const received: string[] = [];
const decoder = new ChannelFrameDecoder({ maxFrameBytes: 1_048_576 });
for (const chunk of [bytes.subarray(0, 7), bytes.subarray(7)]) {
  decoder.push(chunk, (frame) => {
    const { topic, content } = readAmopBody(frame.data);
    received.push(`${topic}: ${new TextDecoder().decode(content)}`);
  });
}
// received is ['orders: buy 10']
