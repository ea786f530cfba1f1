import { describeCertificate, splitPemChain } from '@amop/crypto';
import { collectingLogger, createTestChain, VirtualClock } from '@amop/testkit';
import { describe, expect, it } from 'vitest';
import { CertificateWatch, expiring } from '../src/certificate-watch.ts';
import { World } from './world/world.ts';

const DAY_MS = 86_400_000;
const END_MS = Date.UTC(2030, 4, 31, 12);

function daysBefore(days: number): number | undefined {
  const certificate = { subjectName: 'CN=node0', validToMs: END_MS };
  return expiring([certificate], END_MS - days * DAY_MS)[0]?.daysLeft;
}

describe('expiring', () => {
  it('names what ends within 30 days, and what has ended', () => {
    expect([40, 30, 29.5, 1, 0.5, -0.5].map(daysBefore)).toEqual([
      undefined,
      undefined,
      29,
      1,
      0,
      -1,
    ]);
  });

  it('says which one, and when', () => {
    expect(expiring([{ subjectName: 'CN=node0', validToMs: END_MS }], END_MS)).toEqual([
      { subject: 'CN=node0', daysLeft: 0, validTo: '2030-05-31' },
    ]);
  });
});

describe('CertificateWatch', () => {
  const credentials = createTestChain().node('bankA');
  const [leaf = new Uint8Array()] = splitPemChain(credentials.certificate);
  const { validToMs } = describeCertificate(leaf);

  function watch(daysLeft: number) {
    const clock = new VirtualClock(validToMs - daysLeft * DAY_MS);
    const logger = collectingLogger();
    const at = { host: '127.0.0.1', port: 0, credentials };
    const config = {
      channel: { ...at, checkIssuer: true },
      p2p: { ...at, peers: [], compress: false, blacklist: [], whitelist: [] },
      supportedVersion: '2.9.1',
      chainId: '1',
      groups: [1],
    };
    return { clock, logger, certificates: new CertificateWatch(config, { clock, logger }) };
  }

  it('warns of leaf, agency and root once each, and again a day later', () => {
    const { certificates, clock, logger } = watch(10.5);
    certificates.tick(clock.nowMs());
    expect(logger.entries.map(({ level, details: { daysLeft } }) => [level, daysLeft])).toEqual([
      ['warn', 10],
      ['warn', 10],
      ['warn', 10],
    ]);
    clock.advance(DAY_MS - 1);
    certificates.tick(clock.nowMs());
    expect(logger.entries).toHaveLength(3);
    clock.advance(1);
    certificates.tick(clock.nowMs());
    expect(logger.entries.slice(3).map(({ details: { daysLeft } }) => daysLeft)).toEqual([9, 9, 9]);
  });

  it('is an error once it has ended', () => {
    const { certificates, clock, logger } = watch(-1);
    certificates.tick(clock.nowMs());
    expect(logger.entries[0]?.level).toBe('error');
  });

  it('says nothing of certificates that last', () => {
    const { certificates, clock, logger } = watch(365);
    certificates.tick(clock.nowMs());
    expect(logger.entries).toEqual([]);
  });
});

describe('the certificates of others', () => {
  it('are named when they connect and end soon, not otherwise', async () => {
    const world = new World();
    const node = await world.node();
    const validToMs = world.clock.wallMs() + 5.5 * DAY_MS;
    await world.session(node, undefined, { commonName: 'late', validToMs });
    await world.session(node, undefined, { commonName: 'good' });
    const peer = await world.originalPeer(node, { commonName: 'node7', validToMs });
    peer.list('any');
    await world.settle();
    const warnings = world.logger.entries.filter(({ message }) => message.includes('expires soon'));
    expect(warnings.map(({ details }) => details)).toMatchObject([
      { commonName: 'late', daysLeft: 5 },
      { commonName: 'node7', daysLeft: 5 },
    ]);
    await world.stop();
  });
});
