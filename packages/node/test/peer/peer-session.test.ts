import { ChannelType, encodeChannelFrame, P2pPacket, P2pProtocol, seqFromKey } from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AmopNode } from '../../src/index.ts';
import type { RawPeer } from '../world/raw-peer.ts';
import { body } from '../world/raw-session.ts';
import { World } from '../world/world.ts';

let world: World;
let node: AmopNode;
let peer: RawPeer;

beforeEach(async () => {
  world = new World();
  node = await world.node();
  peer = await world.originalPeer(node);
  peer.list('news');
  await world.settle();
});

afterEach(() => world.stop());

describe('the length field of a p2p frame', () => {
  it.each([
    [0, [0, 0, 0, 0]],
    [12, [0, 0, 0, 12]],
    [15, [0, 0, 0, 15]],
    [104_857_601, [0x06, 0x40, 0x00, 0x01]],
  ])('D-23 of %i closes the connection after four bytes', async (_length, bytes) => {
    peer.connection.write(Uint8Array.from(bytes));
    await world.settle();
    expect(peer.isClosed).toBe(true);
    expect(node.counters()).toMatchObject({ cuts: { malformed: 1 }, peers: 0, topics: 0 });
  });
});

describe('a request of a peer that nobody takes', () => {
  it('D-20 is answered by a response with the code and the bytes of the original', async () => {
    const seq = seqFromKey('5'.repeat(32));
    const data = body('nobody', 'ask');
    const inner = encodeChannelFrame({ type: ChannelType.request, seq, data });
    peer.send(P2pProtocol.amop, P2pPacket.unicast, 77, inner);
    await world.settle();
    const amop = peer.frames.filter(({ protocolId }) => Math.abs(protocolId) === P2pProtocol.amop);
    expect(amop).toMatchObject([{ protocolId: -P2pProtocol.amop, packetType: 0, seq: 77 }]);
    expect(amop[0]?.payload).toEqual(
      encodeChannelFrame({ type: ChannelType.response, seq, result: 104, data }),
    );
  });
});
