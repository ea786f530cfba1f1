import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createChannelCa, createChannelLeaf } from '@amop/crypto';
import { createTestChain, RecordingHandler } from '@amop/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isPortsError } from '../../src/index.ts';
import { createTlsTransport, type TlsCredentials } from '../../src/system/index.ts';
import { openPort } from './port-fixture.ts';

const isMissing = spawnSync('openssl', ['version']).status !== 0;
const host = '127.0.0.1';
const certificateDependencies = {
  nowMs: Date.now(),
  randomBytes: (count: number) => Uint8Array.from(randomBytes(count)),
};

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'amop-ports-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A folder with `cert.pem`, `key.pem` and `ca.pem`. */
function credentialsFolder(credentials: TlsCredentials, trusted: string): string {
  const path = folder();
  writeFileSync(join(path, 'cert.pem'), credentials.certificate);
  writeFileSync(join(path, 'key.pem'), credentials.key);
  writeFileSync(join(path, 'ca.pem'), trusted);
  return path;
}

/** Starts a TLS server that is not Node and tells its port. */
async function openSslServer(
  credentials: TlsCredentials,
  trusted: string,
  more: readonly string[],
): Promise<number> {
  const path = credentialsFolder(credentials, trusted);
  const server = spawn(
    'openssl',
    [
      ...['s_server', '-accept', `${host}:0`, '-cert', 'cert.pem', '-cert_chain', 'cert.pem'],
      ...['-key', 'key.pem', '-CAfile', 'ca.pem', '-Verify', '4', '-verify_return_error', ...more],
    ],
    { cwd: path, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  onTestFinished(() => void server.kill('SIGKILL'));
  return acceptPortOf(server);
}

function acceptPortOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = '';
    server.stdout?.on('data', (text) => {
      printed += String(text);
      const found = /^ACCEPT \S+:(\d+)$/m.exec(printed);
      if (found !== null) resolve(Number(found[1]));
    });
    server.stderr?.on('data', (text) => {
      printed += String(text);
    });
    server.once('exit', () => reject(new Error(`openssl ended: ${printed}`)));
  });
}

/** What the server chose for the key exchange of a TLS 1.2 client that is not Node. */
async function ephemeralKeyOf(
  credentials: TlsCredentials,
  port: number,
  groups: string,
): Promise<string | undefined> {
  const path = credentialsFolder(credentials, credentials.ca);
  const client = spawn(
    'openssl',
    [
      ...['s_client', '-connect', `${host}:${port}`, '-tls1_2', '-groups', groups],
      ...['-cert', 'cert.pem', '-cert_chain', 'cert.pem', '-key', 'key.pem', '-CAfile', 'ca.pem'],
    ],
    { cwd: path, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const printed = await text(client.stdout);
  return /^Server Temp Key: (.*)$/m.exec(printed)?.[1];
}

/** The error of dialling, or of the connection that came of it. */
async function outcome(credentials: TlsCredentials, port: number): Promise<unknown> {
  try {
    const connection = await createTlsTransport(credentials).dial({ host, port });
    // As a client does: it speaks first, before it can know of the refusal.
    connection.write(new Uint8Array(100));
    return await new RecordingHandler(connection).closed();
  } catch (error) {
    return error;
  }
}

describe.skipIf(isMissing)('against openssl (skipped when the program is not there)', () => {
  test.each([
    ['p256', '-tls1_3'],
    ['p256', '-tls1_2'],
    ['secp256k1', '-tls1_2'],
  ] as const)(
    'a %s certificate refused with unknown-ca over %s is told as such',
    async (profile, version) => {
      const chain = createTestChain({ profile });
      const other = createTestChain({ profile });
      const port = await openSslServer(chain.node('bankA'), other.ca, [
        version,
        ...(profile === 'secp256k1' ? ['-named_curve', 'secp256k1'] : []),
      ]);
      const error = await outcome(chain.sdk('bankA'), port);
      expect(isPortsError(error, 'AMOP_PORTS_TLS_REFUSED_BY_PEER') && error.details).toEqual({
        host,
        port,
        alert: 'unknown-ca',
        retryable: false,
      });
    },
  );

  test('a server that offers the curve secp256k1 alone, as an original node, is connected to', async () => {
    const chain = createTestChain({ profile: 'secp256k1' });
    const node = chain.node('bankA');
    const port = await openSslServer(node, chain.ca, ['-tls1_2', '-named_curve', 'secp256k1']);
    const dialed = await createTlsTransport(chain.sdk('bankA')).dial({ host, port });
    expect(dialed.identity).toMatchObject({ nodeId: node.nodeId, issuerCommonName: 'bankA' });
    dialed.destroy();
  });

  test.each(['p256', 'secp256k1'] as const)(
    'group 29 is not chosen with a %s certificate: originals offer it and mean another curve',
    async (profile) => {
      const chain = createTestChain({ profile });
      const port = await openPort(createTlsTransport(chain.node('bankA')));
      const groups = 'X25519:secp521r1:prime256v1:secp256k1';
      const key = await ephemeralKeyOf(chain.sdk('bankA'), port.listener.port, groups);
      expect(key).toBe('ECDH, prime256v1, 256 bits');
    },
  );

  test('a client that offers the curve secp256k1 alone, as the JavaScript SDK, is served', async () => {
    const chain = createTestChain({ profile: 'secp256k1' });
    const port = await openPort(createTlsTransport(chain.node('bankA')));
    const key = await ephemeralKeyOf(chain.sdk('bankA'), port.listener.port, 'secp256k1');
    expect(key).toBe('ECDH, secp256k1, 256 bits');
  });

  test('group 29 is not offered', async () => {
    const chain = createTestChain({ profile: 'p256' });
    const port = await openSslServer(chain.node('bankA'), chain.ca, ['-named_curve', 'X25519']);
    const error = await outcome(chain.sdk('bankA'), port);
    expect(isPortsError(error, 'AMOP_PORTS_TLS_FAILED') && error.details.retryable).toBe(false);
  });

  test('a server with RSA keys and RSA key exchange alone, as an original may have, is connected to', async () => {
    const issuer = createChannelCa({ agency: 'bankA' }, certificateDependencies);
    const [node, sdk] = (['node', 'sdk'] as const).map((kind): TlsCredentials => {
      const leaf = createChannelLeaf({ kind, commonName: kind, issuer }, certificateDependencies);
      return {
        ca: issuer.certificatePem,
        certificate: leaf.chainPem,
        key: leaf.privateKeyPem,
      };
    });
    if (node === undefined || sdk === undefined) throw new Error('two were made');
    const port = await openSslServer(node, issuer.certificatePem, [
      ...['-tls1_2', '-cipher', 'AES256-GCM-SHA384:AES128-SHA'],
    ]);
    const dialed = await createTlsTransport(sdk).dial({ host, port });
    expect(dialed.identity).toMatchObject({ commonName: 'node', nodeId: undefined });
    dialed.destroy();
  });

  test('one port serves Ed25519 over TLS 1.3 and secp256k1 over TLS 1.2', async () => {
    const chain = createTestChain({ profile: 'secp256k1' });
    const ed25519 = selfSignedEd25519();
    const both = [chain.node('bankA'), { ...ed25519, ca: ed25519.ca }];
    const port = await openPort(createTlsTransport(both));
    const target = { host, port: port.listener.port };
    const modern = await createTlsTransport(ed25519).dial(target);
    const original = await createTlsTransport(chain.sdk('bankA')).dial(target);
    const accepted = await port.accepted(2);
    expect(modern.identity).toMatchObject({ nodeId: undefined, commonName: 'ed25519' });
    expect(original.identity.commonName).toBe('node0');
    expect(accepted.map(({ identity }) => identity.commonName).sort()).toEqual(['ed25519', 'sdk']);
    modern.destroy();
    original.destroy();
  });
});

function selfSignedEd25519(): TlsCredentials {
  const path = folder();
  const subject = ['-subj', '/CN=ed25519', '-days', '2'];
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ed25519', '-nodes', ...files, ...subject], {
    cwd: path,
    stdio: 'ignore',
  });
  const certificate = readFileSync(join(path, 'cert.pem'), 'utf8');
  return { ca: certificate, certificate, key: readFileSync(join(path, 'key.pem'), 'utf8') };
}
