import { ChannelType } from '@amop/codec';
import type { RevocationList } from '@amop/crypto';
import { createTestChain } from '@amop/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world/world.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.stop());

function listOf(issuerName: string, ...serialNumbers: string[]): RevocationList {
  return {
    issuerName,
    thisUpdateMs: 0,
    nextUpdateMs: 1,
    serialNumbers: new Set(serialNumbers),
    signed: { content: new Uint8Array(0), algorithm: '', signature: new Uint8Array(0) },
  };
}

describe('a reload', () => {
  it('keeps applications, their subscriptions and peers that it still allows', async () => {
    const near = await world.node();
    const far = await world.node({ peers: [near.p2pAddress] });
    await world.pass(40);
    const asker = await world.session(near);
    (await world.session(far)).answering('from afar').subscribe('news');
    await world.settle();
    await world.reload(near, { limits: { maxSessions: 5 } });
    const seq = asker.request('news');
    await world.settle();
    expect(asker.results(seq)).toEqual([0]);
    expect(near.counters()).toMatchObject({ sessions: 1, peers: 1 });
  });

  it('closes a node that is on the blacklist now, and does not take it again', async () => {
    const node = await world.node();
    const identity = { nodeId: 'b'.repeat(128) };
    const peer = await world.originalPeer(node, identity);
    const report = await world.reload(node, { blacklist: [identity.nodeId] });
    expect(report.closedPeers).toBe(1);
    expect(peer.isClosed).toBe(true);
    expect((await world.originalPeer(node, identity)).isClosed).toBe(true);
    expect(node.counters().peerRefusals['node-blacklisted']).toBe(2);
  });

  it('dials nodes that are new in the list', async () => {
    const first = await world.node();
    const second = await world.node();
    expect(second.counters().peers).toBe(0);
    await world.reload(second, { peers: [first.p2pAddress] });
    await world.pass(20);
    expect(second.counters().peers).toBe(1);
  });

  it('takes lower limits for what comes afterwards', async () => {
    const node = await world.node();
    const early = await world.session(node);
    await world.reload(node, { limits: { maxSessions: 1, maxTopicsPerSession: 2 } });
    early.subscribe('one', 'two', 'three');
    const late = await world.session(node);
    expect(late.isClosed).toBe(true);
    expect(early.isClosed).toBe(false);
    expect(node.counters()).toMatchObject({ topics: 2, topicsRefused: 1 });
  });

  it('gives back the defaults of limits that are left out', async () => {
    const node = await world.node({ limits: { maxSessions: 1 } });
    await world.session(node);
    await world.reload(node, {});
    expect((await world.session(node)).isClosed).toBe(false);
  });

  it('takes permissions from applications that are connected', async () => {
    const node = await world.node();
    const [asker, subscriber] = [await world.session(node), await world.session(node)];
    subscriber.answering().subscribe('news');
    await world.settle();
    await world.reload(node, { permissions: { default: { publish: ['other'] } } });
    const seq = asker.request('news');
    await world.settle();
    expect(asker.results(seq)).toEqual([121]);
    expect(subscriber.isClosed).toBe(false);
  });

  it('closes an application that subscribes what it may not any more', async () => {
    const node = await world.node();
    const [asker, subscriber] = [await world.session(node), await world.session(node)];
    subscriber.answering().subscribe('news', 'rates');
    await world.settle();
    const permissions = { default: { subscribe: ['rates'] } };
    expect((await world.reload(node, { permissions })).closedSessions).toBe(1);
    expect(subscriber.isClosed).toBe(true);
    const seq = asker.request('news');
    await world.settle();
    expect(asker.results(seq)).toEqual([100]);
    expect(node.counters().sessionRefusals['lost-permission']).toBe(1);
  });

  it('closes applications of other agencies when only those of its own are allowed', async () => {
    const node = await world.node();
    const own = await world.session(node, undefined, { issuerName: world.issuerName });
    const other = await world.session(node, undefined, { issuerName: 'CN=other' });
    await world.reload(node, { checkIssuer: true });
    expect([own.isClosed, other.isClosed]).toEqual([false, true]);
  });

  it('closes applications that the lists of certificates keep out now', async () => {
    const [good, bad, other] = ['a', 'b', 'c'].map((digit) => ({
      fingerprint256: digit.repeat(64),
    }));
    const node = await world.node();
    const sessions = [
      await world.session(node, undefined, good),
      await world.session(node, undefined, bad),
      await world.session(node, undefined, other),
    ];
    const isClosed = (): boolean[] => sessions.map((session) => session.isClosed);
    await world.reload(node, { sdkBlacklist: ['b'.repeat(64)] });
    expect(isClosed()).toEqual([false, true, false]);
    await world.reload(node, { sdkWhitelist: ['a'.repeat(64), 'b'.repeat(64)] });
    expect(isClosed()).toEqual([false, true, true]);
    expect((await world.session(node, undefined, bad)).isClosed).toBe(false);
    expect((await world.session(node, undefined, other)).isClosed).toBe(true);
  });

  it('closes applications and nodes whose certificate, or its authority, is revoked now', async () => {
    const leaf = { issuerName: 'CN=agency', serialNumber: '0A' };
    const agency = { issuerName: 'CN=root', serialNumber: '0B' };
    const other = { issuerName: 'CN=other', serialNumber: '0A' };
    const node = await world.node();
    const revoked = await world.session(node, undefined, { chain: [leaf] });
    const below = await world.originalPeer(node, { chain: [other, agency] });
    const good = await world.session(node, undefined, { chain: [other] });
    const report = await world.reload(node, {
      revocationLists: [listOf('CN=agency', '0A'), listOf('CN=root', '0B')],
    });
    expect([revoked.isClosed, below.isClosed, good.isClosed]).toEqual([true, true, false]);
    expect(report).toMatchObject({ closedSessions: 1, closedPeers: 1 });
    expect((await world.session(node, undefined, { chain: [leaf] })).isClosed).toBe(true);
    expect(node.counters().sessionRefusals['certificate-revoked']).toBe(2);
  });

  it('sets, changes and lifts the bandwidth limit', async () => {
    const near = await world.node();
    const far = await world.node({ peers: [near.p2pAddress] });
    await world.pass(40);
    const asker = await world.session(near);
    (await world.session(far)).answering().subscribe('news');
    await world.settle();
    const ask = async (): Promise<number | undefined> => {
      const seq = asker.request('news', 'x'.repeat(5_000));
      await world.settle();
      return asker.results(seq)[0];
    };
    await world.reload(near, { outgoingBytesPerS: 1_000 });
    expect([await ask(), await ask()]).toEqual([0, 103]);
    await world.reload(near, {});
    expect(await ask()).toBe(0);
    await world.reload(near, { outgoingBytesPerS: 100_000 });
    await world.pass(100);
    expect(await ask()).toBe(0);
  });

  it('keeps addresses, and names the keys that wait for the next start', async () => {
    const node = await world.node();
    const { port } = node.p2pAddress;
    const report = await world.reload(node, { p2pPort: 30_333 });
    expect(report.needsRestart).toEqual(['p2p.listen_port']);
    expect(node.p2pAddress.port).toBe(port);
    expect((await world.reload(node, {})).needsRestart).toEqual([]);
  });

  it('refuses a certificate with another key, and changes nothing', async () => {
    const node = await world.node();
    const peer = { nodeId: 'b'.repeat(128) };
    await world.originalPeer(node, peer);
    const other = createTestChain().node('bank', 'other');
    await expect(world.reload(node, { blacklist: [peer.nodeId] }, other)).rejects.toMatchObject({
      code: 'AMOP_NODE_RELOAD',
    });
    expect(node.counters().peers).toBe(1);
  });

  it('refuses a file in which a section is missing, as one that was cut short, and changes nothing', async () => {
    const sections = ['rpc', 'p2p', 'certificate_whitelist'];
    const good = { nodeId: 'a'.repeat(128) };
    const node = await world.node({ sections, whitelist: [good.nodeId] });
    await expect(world.reload(node, { sections: ['rpc', 'p2p'] })).rejects.toMatchObject({
      code: 'AMOP_NODE_RELOAD',
      details: { section: 'certificate_whitelist' },
    });
    expect((await world.originalPeer(node, { nodeId: 'b'.repeat(128) })).isClosed).toBe(true);
    await world.reload(node, { sections });
    expect((await world.originalPeer(node, { nodeId: 'b'.repeat(128) })).isClosed).toBe(false);
  });

  it('is refused before the start and after the end', async () => {
    const node = await world.node();
    await world.stop();
    await expect(world.reload(node, {})).rejects.toMatchObject({ code: 'AMOP_NODE_STATE' });
  });

  it('does not answer twice what is under way', async () => {
    const node = await world.node();
    const [asker, subscriber] = [await world.session(node), await world.session(node)];
    subscriber.subscribe('news');
    await world.settle();
    const seq = asker.request('news');
    await world.settle();
    await world.reload(node, { limits: { maxSessions: 3 } });
    const [pushed] = subscriber.of(ChannelType.request);
    if (pushed !== undefined) subscriber.answer(pushed);
    await world.settle();
    expect(asker.results(seq)).toEqual([0]);
  });
});
