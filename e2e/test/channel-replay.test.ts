import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TwoNodes, until } from '../src/node/two-nodes.ts';
import {
  type CaseScript,
  ChannelReplay,
  describeFrame,
  recordedOutcomes,
} from '../src/replay/channel-replay.ts';
import { CLOSED, type Difference, type Outcome } from '../src/replay/difference.ts';
import { type ChannelLine, groupByCase, readChannelRecording } from '../src/replay/recording.ts';
import { Channel, type ChannelFrame, decodeChannel } from '../src/wire/channel-frame.ts';

// The recorded group on private topics is replayed by private-topic-replay.test.ts.
const lines = readChannelRecording().filter(({ group }) => group !== 'private topic');
const cases = groupByCase(lines);

/** Cases that go on only after the node's 5 s timer: they run side by side. */
const SLOW = [
  'reply with another type (0x30)',
  'reply with another type (0x13 heartbeat)',
  'no answer within 5 s',
  'late answer after 5 s',
];
/** Played by a test of its own: which of the two is asked first is a matter of chance. */
const TWO_SUBSCRIBERS = 'two subscribers, first does not answer';

const SCRIPTS: Readonly<Record<string, CaseScript>> = {
  'handshake unsupported range': { closes: ['x'] },
  'unicast utf8 topic': {
    before: async (replay) => {
      const sub = await replay.connection('sub', 'B');
      await sub.subscribe(['quotes', '_block_notify_1', 'orders/eu', '主题']);
      await replay.settled();
    },
  },
  'subscriber disconnects with request pending': {
    before: async (replay) => {
      await (await replay.connection('sub2', 'B')).subscribe(['leaver']);
      await replay.settled();
    },
    after: { 1: (replay) => replay.disconnect('sub2') },
  },
  // The subscriber's frame is a request of its own, which ends at about the same time.
  'reply with another type (0x30)': {
    after: {
      3: async (replay) => {
        const sub = await replay.connection('sub', 'B');
        const ended = ({ data, type }: ChannelFrame) =>
          type === Channel.response && data.includes('weird');
        await until(async () => sub.inbox.items.some(ended), 'the request has ended');
      },
    },
  },
  'request after topic list refresh': { before: (replay) => replay.settled() },
  'length field 0 (below header 42)': { refuses: ['x'] },
  'length field 4 (below header 42)': { refuses: ['x'] },
  'length field 10 (below header 42)': { refuses: ['x'] },
  'length field 41 (below header 42)': { refuses: ['x'] },
  'length 100 MiB + 1': { closes: ['x'] },
  'length 0xffffffff': { closes: ['x'] },
  'length 100 MiB exactly (body never sent)': { mute: ['x'] },
  'two frames in one record + half frame': { refuses: ['x'] },
  'plain HTTP text on TLS': { closes: ['x'] },
};

/** A frame that our node sends under the seq of a recorded one. */
function frame(line: ChannelLine | undefined, type: number, result: number, data = ''): string {
  const { seq } = decodeChannel(Buffer.from(line?.hex ?? '', 'hex'));
  return describeFrame({ type, seq, result, data: Buffer.from(data, 'latin1') });
}

/** The outcome that the recording gives a connection, with other frames. */
function instead(frames: readonly string[]): Outcome {
  return { frames, closed: false };
}

const BELOW_HEADER = 'a length below the header ends the session at once';
const WRONG_TYPE = 'a frame of another type is no answer, but what its type says';

/** Every case in which our node does not do what the original was recorded doing. */
const DIFFERENCES: readonly Difference<ChannelLine>[] = [
  {
    case: 'reply with another type (0x30)',
    defect: 'D-30',
    why: WRONG_TYPE,
    ours: ([request, push]) => [
      {
        pub: instead([frame(request, Channel.response, 104, '\x07quotesq')]),
        sub: instead([
          ...seen([push]).frames,
          frame(push, Channel.response, 104, '\x07quotesweird'),
        ]),
      },
    ],
  },
  {
    case: 'reply with another type (0x13 heartbeat)',
    defect: 'D-30',
    why: WRONG_TYPE,
    ours: ([request, push]) => [
      {
        pub: instead([frame(request, Channel.response, 104, '\x07quotesq')]),
        sub: instead([
          ...seen([push]).frames,
          frame(push, Channel.heartbeat, 0, '{"heartBeat":1}\n'),
        ]),
      },
    ],
  },
  {
    case: 'request right after subscriber left (peer topic list stale)',
    defect: 'D-16',
    why: 'the peer is told at once that the topic is gone, so that nobody is asked in vain',
    ours: ([request]) => [
      { pub: instead([frame(request, Channel.response, 100)]) },
      { pub: instead([frame(request, Channel.response, 104, '\x07leaverbye2')]) },
    ],
  },
  ...[0, 4, 10, 41].map(
    (length): Difference<ChannelLine> => ({
      case: `length field ${length} (below header 42)`,
      defect: 'D-23',
      why: BELOW_HEADER,
      ours: () => [{ x: CLOSED }],
    }),
  ),
  {
    case: 'length 42, no data, type 0x30',
    defect: 'D-08',
    why: 'a request without a body is answered: 105',
    ours: ([request, , heartbeat]) => [
      { x: instead([...seen([heartbeat]).frames, frame(request, Channel.response, 105)]) },
    ],
  },
  {
    case: 'topicLen beyond data (topicLen 200, 3 bytes)',
    defect: 'D-01',
    why: 'nothing is read beyond the frame: 105 instead of a search for a garbage topic',
    ours: ([request, , , heartbeat]) => [
      { x: instead([frame(request, Channel.response, 105), ...seen([heartbeat]).frames]) },
    ],
  },
  {
    case: 'two frames in one record + half frame',
    defect: 'D-23',
    why: 'what follows the half frame has a length above the limit: refused after four bytes',
    ours: ([, first, second]) => [{ x: { ...seen([first, second]), closed: true } }],
  },
];

/** What the recorded lines say, as outcome of their connection. */
function seen(recorded: readonly (ChannelLine | undefined)[]): Outcome {
  const frames = recorded.map((line) =>
    describeFrame(decodeChannel(Buffer.from(line?.hex ?? '', 'hex'))),
  );
  return instead(frames);
}

async function check(replay: ChannelReplay, name: string): Promise<void> {
  const recorded = cases.get(name) ?? [];
  const script = SCRIPTS[name] ?? {};
  const original = recordedOutcomes(recorded, script);
  const ours = await replay.play(recorded, script);
  const difference = DIFFERENCES.find((entry) => entry.case === name);
  if (!difference) {
    expect(ours).toEqual(original);
    return;
  }
  expect(ours, `${difference.defect} no longer differs: remove the entry`).not.toEqual(original);
  const allowed = difference.ours(recorded).map((outcomes) => ({ ...original, ...outcomes }));
  expect(allowed, `${difference.defect}: ${difference.why}`).toContainEqual(ours);
}

describe('ref-channel.jsonl, in order', () => {
  let replay: ChannelReplay;
  beforeAll(async () => {
    replay = new ChannelReplay(await TwoNodes.start());
  });
  afterEach(() => replay.disconnect('x'));
  afterAll(() => replay?.nodes.stop());

  for (const [name, [first]] of cases) {
    if (SLOW.includes(name) || name === TWO_SUBSCRIBERS) continue;
    it(`${first?.group}: ${name}`, () => check(replay, name));
  }

  it('differs only where docs/protocol.md says so', () => {
    const protocol = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
    const undocumented = DIFFERENCES.filter(({ defect }) => !protocol.includes(defect));
    expect(undocumented).toEqual([]);
  });

  it('has a recorded case for every difference and every script', () => {
    const named = [...DIFFERENCES.map((entry) => entry.case), ...Object.keys(SCRIPTS)];
    expect(named.filter((name) => !cases.has(name))).toEqual([]);
  });
});

describe('ref-channel.jsonl, cases that wait 5 s', () => {
  let replay: ChannelReplay;
  beforeAll(async () => {
    replay = new ChannelReplay(await TwoNodes.start());
    await replay.play(cases.get('handshake min 1 max 3') ?? []);
    await replay.play(cases.get('subscribe') ?? []);
  });
  afterAll(() => replay?.nodes.stop());

  for (const name of SLOW) it.concurrent(`normal: ${name}`, () => check(replay, name));

  it.concurrent(`normal: ${TWO_SUBSCRIBERS}`, async () => {
    const recorded = cases.get(TWO_SUBSCRIBERS) ?? [];
    const [subscribe3, subscribe4, probe, , request, push, , answer] = recorded.map((line) => ({
      ...line,
      bytes: Buffer.from(line.hex, 'hex'),
      frame: decodeChannel(Buffer.from(line.hex, 'hex')),
    }));
    if (!subscribe3 || !subscribe4 || !probe || !request || !push || !answer) throw new Error();
    const publisher = await replay.connection('pub', 'A');
    const subscribers = [
      await replay.connection('sub3', 'B'),
      await replay.connection('sub4', 'B'),
    ] as const;

    // The probe came from a connection that was not recorded, when sub3 was alone.
    await replay.send(subscribe3);
    await subscribers[0].barrier();
    await replay.settled();
    publisher.send(probe.bytes);
    expect((await subscribers[0].bySeq(probe.frame.seq)).bytes).toEqual(probe.bytes);
    subscribers[0].send(recorded[3] ? Buffer.from(recorded[3].hex, 'hex') : probe.bytes);
    expect((await publisher.bySeq(probe.frame.seq)).type).toBe(Channel.response);

    await replay.send(subscribe4);
    await subscribers[1].barrier();
    const asked: Buffer[] = [];
    for (const subscriber of subscribers) {
      subscriber.answer('duo', (_, { bytes }) => (asked.push(bytes) < 2 ? undefined : 'second'));
    }
    publisher.send(request.bytes);
    expect((await publisher.bySeq(request.frame.seq)).bytes).toEqual(answer.bytes);
    expect(asked).toEqual([push.bytes, push.bytes]);
  });
});
