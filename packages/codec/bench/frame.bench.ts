import { bench, describe } from 'vitest';
import { encodeAmopBody, readAmopTopic } from '../src/amop-body.ts';
import { type ChannelFrame, encodeChannelFrame, readChannelFrame } from '../src/channel-frame.ts';
import { ChannelFrameDecoder } from '../src/channel-frame-decoder.ts';
import { compress, decompress } from '../src/compression.ts';
import { DuplicateWindow } from '../src/duplicate-window.ts';
import { encodeTopicList, parseTopicList } from '../src/topic-list.ts';

const SIZES = [64, 1024, 65_536, 1_048_576] as const;
const RECORD_BYTES = 16_384;
const SEQ = new TextEncoder().encode('0123456789abcdef0123456789abcdef');

/** A run of equal frames of about 4 MiB, cut as TLS records deliver it, each with own memory. */
function recordsOf(bodyBytes: number): Uint8Array[] {
  const frame = encodeChannelFrame({
    type: 0x30,
    seq: SEQ,
    data: encodeAmopBody('orders/eu', new Uint8Array(bodyBytes)),
  });
  const count = Math.max(1, Math.floor(4_194_304 / frame.length));
  const run = new Uint8Array(count * frame.length);
  for (let index = 0; index < count; index++) run.set(frame, index * frame.length);
  const records: Uint8Array[] = [];
  for (let offset = 0; offset < run.length; offset += RECORD_BYTES) {
    records.push(run.slice(offset, offset + RECORD_BYTES));
  }
  return records;
}

/** What is added up here cannot be optimised away. */
const sink = { total: 0 };

describe.each(SIZES)('channel frames with a body of %d bytes', (size) => {
  const records = recordsOf(size);
  const body = encodeAmopBody('orders/eu', new Uint8Array(size));

  bench('decode 4 MiB in TLS records', () => {
    const decoder = new ChannelFrameDecoder();
    for (const record of records) decoder.push(record, count);
  });

  bench('decode 4 MiB, read type, seqKey and topic', () => {
    const decoder = new ChannelFrameDecoder();
    for (const record of records) decoder.push(record, readEverything);
  });

  bench('encode one', () => {
    sink.total += encodeChannelFrame({ type: 0x30, seq: SEQ, data: body }).length;
  });
});

describe('parts of the hot path', () => {
  const frame = readChannelFrame(
    encodeChannelFrame({ type: 0x35, seq: SEQ, data: encodeAmopBody('orders/eu', SEQ) }),
  );
  const window = new DuplicateWindow({ seed: 1 });
  let nowMs = 0;

  bench('seqKey', () => {
    sink.total += readChannelFrame(frame.bytes).seqKey.length;
  });

  bench('topic in place', () => {
    sink.total += readAmopTopic(frame.bytes, 42)?.length ?? 0;
  });

  bench('duplicate window', () => {
    nowMs += 1;
    frame.bytes[40] = nowMs;
    sink.total += window.isDuplicate(frame, nowMs & 1, nowMs) ? 1 : 0;
  });
});

describe('topic lists and snappy', () => {
  const list = encodeTopicList(
    7,
    Array.from({ length: 10_000 }, (_, index) => `topic/${index}`),
  );
  const text = new TextEncoder().encode('{"price":101.25,"side":"buy"}'.repeat(2000));
  const block = compress(text);

  bench('parse a list of 10000 topics', () => {
    sink.total += parseTopicList(list).topics.length;
  });

  bench('decompress 58 kB', () => {
    sink.total += decompress(block).length;
  });
});

function count(frame: ChannelFrame): void {
  sink.total += frame.bytes.length;
}

function readEverything(frame: ChannelFrame): void {
  sink.total += frame.type + frame.seqKey.length + (readAmopTopic(frame.bytes, 42)?.length ?? 0);
}
