import { ChannelType, encodePeerHello, P2pPacket, P2pProtocol } from '@amop/codec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AmopNode } from '../src/index.ts';
import { applicationMark } from '../src/session/application-mark.ts';
import type { RawSession } from './world/raw-session.ts';
import { World } from './world/world.ts';

const CERTIFICATE = { fingerprint256: `${'0'.repeat(56)}deadbeef` };

describe('applicationMark', () => {
  it('is 31 bits of the fingerprint and never 0', () => {
    expect(applicationMark('f'.repeat(64))).toBe(0x7fffffff);
    expect(applicationMark(`${'f'.repeat(56)}80000000`)).toBe(1);
    expect(applicationMark('no digits')).toBe(1);
  });
});

describe('an application that is connected to two nodes, and asks on a topic of its own', () => {
  let world: World;
  let near: AmopNode;
  let far: AmopNode;
  beforeEach(async () => {
    world = new World();
    near = await world.node({ checkIssuer: false });
    far = await world.node({ checkIssuer: false, peers: [near.p2pAddress] });
    await world.pass(40);
  });
  afterEach(() => world.stop());

  /** Seq under which the far node pushes a request of the near session. */
  async function pushedUnder(asker: RawSession, other: RawSession): Promise<[string, string]> {
    other.answering();
    other.subscribe('own');
    await world.settle();
    const seq = asker.request('own');
    await world.settle();
    expect(asker.results(seq)).toEqual([0]);
    return [seq, other.of(ChannelType.request)[0]?.seqKey ?? ''];
  }

  it('D-14 is asked under another seq: it would take its own for the answer', async () => {
    const asker = await world.session(near, undefined, CERTIFICATE);
    const other = await world.session(far, undefined, CERTIFICATE);
    const [seq, pushed] = await pushedUnder(asker, other);
    expect(pushed).not.toBe(seq);
  });

  it('leaves the seq alone for every other application', async () => {
    const asker = await world.session(near, undefined, CERTIFICATE);
    const [seq, pushed] = await pushedUnder(asker, await world.session(far));
    expect(pushed).toBe(seq);
  });

  it('leaves the seq alone for clients of ours, which know their own', async () => {
    const asker = await world.session(near, undefined, CERTIFICATE);
    const other = await world.session(far, ['ack'], CERTIFICATE);
    const [seq, pushed] = await pushedUnder(asker, other);
    expect(pushed).toBe(seq);
  });
});

describe('the mark', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  afterEach(() => world.stop());

  /** The result field in which a peer gets a request of an original application. */
  async function toldTo(who: {
    readonly sameAgency: boolean;
    readonly isOurs: boolean;
  }): Promise<number | undefined> {
    const node = await world.node({ checkIssuer: true });
    const { issuerName } = world;
    const peer = await world.originalPeer(node, who.sameAgency ? { issuerName } : {});
    if (who.isOurs) {
      const hello = encodePeerHello({ software: 'test', have: ['deadline', 'errors'] });
      peer.send(P2pProtocol.extension, P2pPacket.hello, 0, hello);
    }
    peer.list('own');
    await world.settle();
    let told: number | undefined;
    peer.onRequest = ({ result }) => {
      told = result;
    };
    const asker = await world.session(node, undefined, { ...CERTIFICATE, issuerName });
    asker.request('own');
    await world.settle();
    return told;
  }

  it('is told to a node of the same organisation', async () => {
    expect(await toldTo({ sameAgency: true, isOurs: true })).toBe(-0x5eadbeef);
  });

  it('is told to nobody else', async () => {
    expect(await toldTo({ sameAgency: false, isOurs: true })).toBe(0);
    expect(await toldTo({ sameAgency: true, isOurs: false })).toBe(0);
  });
});
