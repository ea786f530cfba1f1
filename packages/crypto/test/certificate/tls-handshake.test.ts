import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type CertificateProfile,
  describeCertificate,
  type LeafCertificate,
} from '../../src/index.ts';
import { buildTestChain, type TestChain } from '../chain-builder.ts';

const CURVES = 'X25519:prime256v1:secp256k1';

/** What a side of each profile adds: TLS 1.3 has no signature scheme for secp256k1. */
const VERSIONS = {
  secp256k1: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' },
  p256: { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
} as const;

const opened: { destroy(): void }[] = [];

afterEach(() => {
  for (const item of opened.splice(0)) item.destroy();
});

interface Side {
  readonly leaf: LeafCertificate;
  readonly trusts: readonly TestChain[];
}

function credentials({ leaf, trusts }: Side, profile: CertificateProfile) {
  return {
    cert: leaf.chainPem,
    key: leaf.privateKeyPem,
    ca: trusts.map(({ root }) => root.certificatePem),
    ecdhCurve: CURVES,
    ...VERSIONS[profile],
  };
}

/** Reads the other side's certificate once, never through the legacy object. */
function identityOf(socket: TLSSocket) {
  const raw = socket.getPeerX509Certificate()?.raw;
  return raw && describeCertificate(Uint8Array.from(raw));
}

/** Connects two sides over loopback; the server echoes what it reads. */
async function handshake(profile: CertificateProfile, server: Side, client: Side) {
  const listener = createServer({
    ...credentials(server, profile),
    requestCert: true,
    rejectUnauthorized: true,
  });
  const accepted: TLSSocket[] = [];
  listener.on('secureConnection', (socket) => {
    accepted.push(socket);
    opened.push(socket);
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  // A listening server on a TCP port has an address of this shape.
  const { port } = listener.address() as AddressInfo;
  const socket = connect({
    ...credentials(client, profile),
    host: '127.0.0.1',
    port,
    checkServerIdentity: () => undefined,
  });
  opened.push(socket, { destroy: () => listener.close() });
  // Node asks for the legacy object after the handshake, which crashes it from 23.11 on.
  let identity: ReturnType<typeof identityOf>;
  Object.assign(socket, {
    getPeerCertificate: () => {
      identity ??= identityOf(socket);
      return { subject: {}, subjectaltname: '', raw: new Uint8Array() };
    },
  });
  socket.write('ping');
  const [echo] = await Promise.race([
    once(socket, 'data'),
    once(socket, 'close').then(() => ['closed']),
  ]);
  const seenByServer = accepted[0] && identityOf(accepted[0]);
  return { echo: `${echo}`, socket, seenByClient: identity, seenByServer };
}

describe.each(['secp256k1', 'p256'] as const)('mutual TLS with %s', (profile) => {
  const ours = buildTestChain(profile);
  const strangers = buildTestChain(profile);
  const node: Side = { leaf: ours.node, trusts: [ours] };
  const sdk: Side = { leaf: ours.sdk, trusts: [ours] };

  test('an application and a node connect and know each other', async () => {
    const { echo, socket, seenByClient, seenByServer } = await handshake(profile, node, sdk);
    expect(echo).toBe('ping');
    expect(socket.authorized).toBe(true);
    expect(socket.getProtocol()).toBe(VERSIONS[profile].minVersion);
    expect(seenByServer).toMatchObject({ nodeId: ours.sdk.nodeId, commonName: 'sdk' });
    expect(seenByClient).toMatchObject({ nodeId: ours.node.nodeId, issuerCommonName: 'bankA' });
  });

  test('two nodes connect: the certificate of a node serves on both sides', async () => {
    const { echo, seenByServer } = await handshake(profile, node, node);
    expect(echo).toBe('ping');
    expect(seenByServer?.organizationalUnit).toBe('node');
  });

  test('a node that trusts two chains of one name takes the applications of both', async () => {
    const both: Side = { leaf: ours.node, trusts: [strangers, ours] };
    expect((await handshake(profile, both, sdk)).echo).toBe('ping');
    const guest: Side = { leaf: strangers.sdk, trusts: [ours] };
    expect((await handshake(profile, both, guest)).echo).toBe('ping');
  });

  test('an application of another chain is refused', async () => {
    const stranger: Side = { leaf: strangers.sdk, trusts: [ours] };
    const outcome = await handshake(profile, node, stranger).then(
      ({ echo }) => echo,
      (error: NodeJS.ErrnoException) => error.code,
    );
    // Node's server drops the connection without an alert; the client may see either.
    expect(['closed', 'ECONNRESET', 'EPIPE']).toContain(outcome);
  });

  test('a node of another chain is refused by the application', async () => {
    const fake: Side = { leaf: strangers.node, trusts: [ours, strangers] };
    await expect(handshake(profile, fake, sdk)).rejects.toMatchObject({
      code: expect.stringMatching(/SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_/),
    });
  });

  test('an application cannot pass for a node', async () => {
    const fake: Side = { leaf: ours.sdk, trusts: [ours] };
    await expect(handshake(profile, fake, sdk)).rejects.toMatchObject({ code: 'INVALID_PURPOSE' });
  });
});
