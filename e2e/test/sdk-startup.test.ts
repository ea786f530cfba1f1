import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, makeChain } from '../src/node/chain.ts';
import { freePort } from '../src/node/free-port.ts';
import { RunningNode } from '../src/node/running-node.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { countFramesOfOwnRecord } from '../src/raw/record-check.ts';
import { describeFrame } from '../src/replay/channel-replay.ts';
import { readVectors } from '../src/replay/recording.ts';
import { Channel, decodeChannel } from '../src/wire/channel-frame.ts';

/** Bytes that the SDKs take from TLS in one read: a frame beyond them needs a second one. */
const SDK_READ_BYTES = 4096;

interface Step {
  readonly name: string;
  readonly fields: {
    readonly sdk: string;
    readonly reply_utf8: string | null;
    readonly reply_hex?: string;
    readonly minimal_result?: Readonly<Record<string, string>>;
  };
  readonly hex: string;
}

const steps = readVectors('sdk-startup.json') as readonly Step[];
const sdks = [...new Set(steps.map((step) => step.fields.sdk))];

describe('start-up of the original SDKs', () => {
  let chain: Chain;
  let node: RunningNode;
  beforeAll(async () => {
    chain = makeChain(['bankA']);
    const ports = { channelPort: await freePort(), p2pPort: await freePort() };
    const config = { ...ports, supportedVersion: '2.9.1' };
    node = new RunningNode(chain.nodeFolder('bankA'), config, chain.sdk('bankA'));
    await node.start();
  });
  afterAll(async () => {
    await node?.stop();
    chain?.remove();
  });

  async function answered(client: RawClient, step: Step): Promise<void> {
    const request = decodeChannel(Buffer.from(step.hex, 'hex'));
    if (step.fields.reply_utf8 === null) return;
    const reply = await client.bySeq(request.seq);
    if (step.fields.reply_hex) {
      const wanted = decodeChannel(Buffer.from(step.fields.reply_hex, 'hex'));
      expect(describeFrame(reply)).toBe(describeFrame(wanted));
    }
    if (step.fields.minimal_result) {
      const { result } = JSON.parse(reply.data.toString()) as { result: Record<string, string> };
      // The product version is the program's own; it must look like one, without the mark of SM.
      const { 'FISCO-BCOS Version': version, ...exact } = step.fields.minimal_result;
      expect(result).toMatchObject(exact);
      expect(result['FISCO-BCOS Version']).toMatch(/^\d+\.\d+\.\d+$/);
      expect(version).toMatch(/^\d/);
    }
  }

  for (const sdk of sdks) {
    const own = steps.filter((step) => step.fields.sdk === sdk);

    it(`${sdk}: step by step`, async () => {
      const client = await node.client();
      for (const step of own) {
        client.send(Buffer.from(step.hex, 'hex'));
        await answered(client, step);
      }
      await client.barrier();
      expect(client.inbox.items).toEqual([]);
      await client.close();
    });

    it(`${sdk}: all at once, read ${SDK_READ_BYTES} bytes at a time`, async () => {
      const client = await node.client();
      client.send(...own.map((step) => Buffer.from(step.hex, 'hex')));
      for (const step of own) await answered(client, step);
      const replies = own.filter((step) => step.fields.reply_utf8 !== null);
      expect(countFramesOfOwnRecord(client.records)).toBe(replies.length);
      for (const record of client.records) expect(record.length).toBeLessThan(SDK_READ_BYTES);
      await client.close();
    });
  }

  it.each([1, 3, 41, 43])('all SDKs: records of %d bytes, whatever a frame is', async (size) => {
    for (const sdk of sdks) {
      const client = await node.client();
      const own = steps.filter((step) => step.fields.sdk === sdk);
      const bytes = Buffer.concat(own.map((step) => Buffer.from(step.hex, 'hex')));
      for (let at = 0; at < bytes.length; at += size)
        await client.sendRecord(bytes.subarray(at, at + size));
      for (const step of own) await answered(client, step);
      await client.close();
    }
  });

  it('D-32 leaves nobody in version 1 who asked for more', async () => {
    const client = await node.client();
    await client.call(Channel.handshake, '{"minimumSupport":1,"maximumSupport":3}');
    const heartbeat = await client.call(Channel.heartbeat, '{"heartBeat":0}');
    expect(heartbeat.data.toString()).toBe('{"heartBeat":1}\n');
    await client.close();
  });
});
