import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@amop/client';
import { afterEach, describe, expect, it } from 'vitest';
import { commandFile } from '../src/node/command-file.ts';
import { hasOpenssl } from '../src/node/openssl-chain.ts';
import type { RunningNode } from '../src/node/running-node.ts';
import { AGENCY, TwoNodes, untilRoutable } from '../src/node/two-nodes.ts';
import { dialTls } from '../src/raw/raw-tls.ts';
import { Channel } from '../src/wire/channel-frame.ts';

const IN_FLIGHT = 20;

let nodes: TwoNodes | undefined;
afterEach(async () => {
  await nodes?.stop();
  nodes = undefined;
});

/** Serial number of the certificate that the port shows. */
async function shownAt(port: number, node: RunningNode): Promise<string> {
  const socket = await dialTls(port, node.sdk);
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  return certificate?.serialNumber ?? '';
}

/** Renews the certificate of a node with its key, and lets the node take it. */
async function rotate(node: RunningNode): Promise<void> {
  const file = join(node.folder, 'conf', 'node.crt');
  execFileSync(process.execPath, [commandFile('amop'), 'certs', 'renew', file], { stdio: 'pipe' });
  await node.reload();
}

describe('a running node', () => {
  it('takes renewed certificates on both ports while messages flow, and none is lost or doubled', async () => {
    nodes = await TwoNodes.start({ maker: 'amop' });
    const { A, B, chain } = nodes;
    const client = (bank: 'A' | 'B') =>
      connect({
        nodes: `127.0.0.1:${nodes?.[bank].config.channelPort}`,
        tls: { directory: chain.sdkFolder(AGENCY[bank]) },
      });
    const [asker, answerer] = [await client('A'), await client('B')];
    const handled = new Set<string>();
    let disconnects = 0;
    for (const each of [asker, answerer]) each.on('disconnected', () => disconnects++);
    let twice = 0;
    await answerer.subscribe('rotation', (message) => {
      if (handled.has(message.text())) twice++;
      handled.add(message.text());
      message.respond(message.body);
    });
    await untilRoutable(await nodes.client('A'), 'rotation');
    const before = await shownAt(A.config.channelPort, A);
    let isRunning = true;
    let asked = 0;
    const askOn = async (): Promise<void> => {
      while (isRunning) {
        const text = String(asked++);
        expect((await asker.request('rotation', text)).text()).toBe(text);
      }
    };
    const asking = Promise.all(Array.from({ length: IN_FLIGHT }, askOn));
    await rotate(A);
    await rotate(B);
    await rotate(A);
    isRunning = false;
    await asking;
    expect({ twice, disconnects, missing: asked - handled.size }).toEqual({
      twice: 0,
      disconnects: 0,
      missing: 0,
    });
    const renewed = new X509Certificate(readFileSync(join(A.folder, 'conf', 'node.crt')));
    expect(renewed.serialNumber).not.toBe(before);
    for (const port of [A.config.channelPort, A.config.p2pPort]) {
      expect(await shownAt(port, A)).toBe(renewed.serialNumber);
    }
    await Promise.all([asker.close(), answerer.close()]);
  });

  it('refuses a certificate that does not fit, and goes on with the old one', async () => {
    nodes = await TwoNodes.start();
    const { A, B } = nodes;
    const before = await shownAt(A.config.channelPort, A);
    const conf = join(A.folder, 'conf', 'node.crt');
    writeFileSync(conf, readFileSync(join(B.folder, 'conf', 'node.crt')));
    await A.reload(undefined, /configuration not reloaded/);
    expect(await shownAt(A.config.channelPort, A)).toBe(before);
    expect((await (await nodes.client('A')).request('nobody', 'x')).result).toBe(100);
  });

  it.skipIf(!hasOpenssl())(
    'closes and refuses an application whose certificate openssl has revoked (skipped without openssl)',
    async () => {
      nodes = await TwoNodes.start({ maker: 'openssl' });
      const { A, chain } = nodes;
      const application = await nodes.client('A');
      const list = revoke(chain.directory, AGENCY.A, join(chain.sdkFolder(AGENCY.A), 'sdk.crt'));
      await A.reload({ ...A.config, amop: [`    crl_file=${list}`] });
      await application.closed;
      await (await nodes.client('A')).closed;
      expect(A.output).toContain('"reason":"certificate-revoked"');
    },
  );

  it('ends what is under way before it stops, and exits with 0', async () => {
    nodes = await TwoNodes.start();
    const subscriber = await nodes.subscriber('A', 'slow');
    const sender = await nodes.client('A');
    const request = sender.request('slow', 'x');
    const pushed = await subscriber.byType(Channel.request);
    const stopped = nodes.A.stop();
    await nodes.A.printed(/"msg":"stopping"/);
    expect((await sender.request('slow', 'y')).result).toBe(103);
    subscriber.respond(pushed, 'done');
    expect((await request).result).toBe(0);
    await stopped;
    expect(nodes.A.exitCode).toBe(0);
  });
});

/** A revocation list of the agency with one certificate, made by `openssl ca`; its path. */
function revoke(directory: string, agency: string, certificate: string): string {
  const issuer = join(directory, 'cert', agency, 'agency');
  const folder = join(directory, 'ca');
  mkdirSync(folder);
  const configuration = join(folder, 'ca.cnf');
  writeFileSync(
    configuration,
    `[ca]\ndefault_ca = own\n[own]\ndatabase = ${folder}/index.txt\ncrlnumber = ${folder}/crlnumber\ndefault_md = sha256\ndefault_crl_days = 30\n`,
  );
  writeFileSync(join(folder, 'index.txt'), '');
  appendFileSync(join(folder, 'crlnumber'), '01\n');
  const list = join(folder, 'crl.pem');
  const signer = ['-config', configuration, '-cert', `${issuer}.crt`, '-keyfile', `${issuer}.key`];
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', ['ca', ...signer, ...args], { stdio: 'pipe' });
  };
  openssl('-revoke', certificate);
  openssl('-gencrl', '-out', list);
  return list;
}
