import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestChain, freePort } from '@amop/testkit';
import { expect, test } from 'vitest';
import { startNode } from './example/start-node.ts';

test('the example of the README starts a node on real sockets from a folder', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = readFileSync(new URL('./example/start-node.ts', import.meta.url), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);

  const folder = mkdtempSync(join(tmpdir(), 'amop-node-'));
  try {
    const { ca, certificate, key, nodeId } = createTestChain({ profile: 'secp256k1' }).node('bank');
    mkdirSync(join(folder, 'conf'));
    writeFileSync(join(folder, 'conf/ca.crt'), ca);
    writeFileSync(join(folder, 'conf/node.crt'), certificate);
    writeFileSync(join(folder, 'conf/node.key'), key);
    const [channelPort, p2pPort] = [await freePort(), await freePort()];
    const rpc = `[rpc]\nchannel_listen_ip=127.0.0.1\nchannel_listen_port=${channelPort}\n`;
    const p2p = `[p2p]\nlisten_ip=127.0.0.1\nlisten_port=${p2pPort}\n`;
    writeFileSync(join(folder, 'config.ini'), rpc + p2p);
    const node = await startNode(folder);
    expect(node.nodeId).toBe(nodeId);
    expect(node.channelAddress.port).toBe(channelPort);
    await node.stop();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
