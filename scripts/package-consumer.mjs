// Runs in a folder that has nothing but the packed packages installed: each one does its work once.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect } from '@amop/client';
import { ChannelType, encodeChannelFrame, readChannelFrame, seqFromKey } from '@amop/codec';
import { compress, decompress } from '@amop/codec/compression';
import {
  createAgencyCa,
  createChainCa,
  createLeaf,
  describeCertificate,
  splitPemChain,
} from '@amop/crypto';
import { readPkcs12 } from '@amop/crypto/pkcs12';
import { createNode } from '@amop/node';
import { DeadlineWheel, WheelEntry } from '@amop/ports';
import { systemRandom } from '@amop/ports/system';
import { Router } from '@amop/router';
import { TopicTable } from '@amop/topic-sync';

function check(name, holds) {
  if (!holds) throw new Error(`${name} does not work from its tarball`);
  console.log(`${name}: works from its tarball`);
}

const seq = seqFromKey('0'.repeat(32));
const frame = encodeChannelFrame({ type: ChannelType.heartbeat, seq, data: new Uint8Array([48]) });
check('@amop/codec', readChannelFrame(frame).type === ChannelType.heartbeat);
check('@amop/codec/compression', decompress(compress(frame), 1024).length === frame.length);

const dependencies = {
  nowMs: Date.now(),
  randomBytes: (count) => new Uint8Array(randomBytes(count)),
};
const root = createChainCa({ profile: 'secp256k1' }, dependencies);
const issuer = createAgencyCa({ agency: 'bank', issuer: root }, dependencies);
const leaf = (kind, commonName) => {
  const { chainPem, privateKeyPem } = createLeaf({ kind, commonName, issuer, root }, dependencies);
  return { ca: root.certificatePem, certificate: chainPem, key: privateKeyPem };
};
const credentials = leaf('node', 'node0');
const identity = describeCertificate(splitPemChain(credentials.certificate)[0]);
check('@amop/crypto', identity.nodeId?.length === 128);
let refusal;
try {
  readPkcs12(new Uint8Array(), 'secret');
} catch (error) {
  refusal = error.code;
}
check('@amop/crypto/pkcs12', refusal === 'AMOP_CRYPTO_INVALID_PRIVATE_KEY');

const wheel = new DeadlineWheel();
wheel.add(new WheelEntry(), 5);
check('@amop/ports', wheel.size === 1);
check(
  '@amop/router',
  new Router({ nodeId: identity.nodeId }, { random: systemRandom }).pending === 0,
);
check('@amop/topic-sync', new TopicTable().sequence === 0);

const at = { host: '127.0.0.1', port: 0, credentials };
const node = createNode({
  channel: { ...at, checkIssuer: true },
  p2p: { ...at, peers: [], compress: false, blacklist: [], whitelist: [] },
  supportedVersion: '2.9.1',
  chainId: '1',
  groups: [1],
});
await node.start();
const nodes = `127.0.0.1:${node.channelAddress.port}`;
const client = await connect({ nodes, tls: leaf('sdk', 'sdk') });
await client.subscribe('greeting', (message) => `hello ${message.text()}`);
const reply = await client.request('greeting', 'package');
await client.close();
await node.stop();
check('@amop/node, @amop/client', reply.text() === 'hello package');

const version = execFileSync('npx', ['--no-install', 'amop', '--version'], { encoding: 'utf8' });
check('@amop/daemon', /^\d+\.\d+\.\d+/.test(version.trim()));
