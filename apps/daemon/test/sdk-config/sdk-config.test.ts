import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DaemonError } from '../../src/errors.ts';
import { SdkConfig } from '../../src/sdk-config/sdk-config.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const USUAL = `# as the Java SDK's config-example.toml
[cryptoMaterial]
certPath = "conf"                     # The certification path
# caCert = "conf/ca.crt"

[network]
peers=["127.0.0.1:20200", "127.0.0.1:20201"]    # The peer list to connect

[[amop]]
topicName = "PrivateTopic1"
publicKeys = [ "conf/amop/consumer_public_key_1.pem",
               "conf/amop/consumer_public_key_2.pem" ]

[[amop]]
topicName = "PrivateTopic2"
privateKey = "conf/amop/consumer_private_key.p12"
password = "123456"

[account]
keyStoreDir = "account"
`;

const FILES = [
  ...['conf/ca.crt', 'conf/sdk.crt', 'conf/sdk.key', 'conf/amop/consumer_public_key_1.pem'],
  ...['conf/amop/consumer_public_key_2.pem', 'conf/amop/consumer_private_key.p12'],
];

/** A folder with the files and a configuration in it. */
function folderWith(text: string, files: readonly string[] = FILES, config = 'config.toml') {
  const cwd = temporaryFolder();
  for (const file of [...files, config]) {
    mkdirSync(dirname(join(cwd, file)), { recursive: true });
    writeFileSync(join(cwd, file), file === config ? text : '');
  }
  return { cwd, config: join(cwd, config) };
}

/** The error of an action, which must throw one. */
function refusal(action: () => unknown): DaemonError {
  try {
    action();
  } catch (error) {
    if (error instanceof DaemonError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a usual file', () => {
  test('names nodes, certificates and the keys of private topics', () => {
    const { cwd, config } = folderWith(USUAL);
    const found = new SdkConfig(config, '/');
    expect(found.nodes()).toEqual(['127.0.0.1:20200', '127.0.0.1:20201']);
    expect(found.certificates()).toEqual({
      ca: join(cwd, 'conf/ca.crt'),
      certificate: join(cwd, 'conf/sdk.crt'),
      key: join(cwd, 'conf/sdk.key'),
    });
    expect(found.topicKeys('PrivateTopic1')).toEqual({
      publicKeys: [1, 2].map((n) => join(cwd, `conf/amop/consumer_public_key_${n}.pem`)),
    });
    expect(found.topicKeys('PrivateTopic2')).toEqual({
      publicKeys: [],
      privateKey: join(cwd, 'conf/amop/consumer_private_key.p12'),
      password: '123456',
    });
    expect(found.topicKeys('fx.rates')).toBeUndefined();
  });

  test('in conf/ with paths from the current folder, as the Java SDK takes them', () => {
    const { cwd, config } = folderWith(USUAL, FILES, 'conf/config.toml');
    expect(new SdkConfig(config, cwd).certificates().ca).toBe(join(cwd, 'conf/ca.crt'));
  });

  test('may name each certificate by itself', () => {
    const { cwd, config } = folderWith(
      '[cryptoMaterial]\ncaCert = "a.crt"\nsslCert = "b.crt"\nsslKey = "c.key"\n',
      ['a.crt', 'b.crt', 'c.key'],
    );
    const [ca, certificate, key] = ['a.crt', 'b.crt', 'c.key'].map((file) => join(cwd, file));
    expect(new SdkConfig(config, '/').certificates()).toEqual({ ca, certificate, key });
  });

  test('may have a table for each role of one topic', () => {
    const { cwd, config } = folderWith(
      '[[amop]]\ntopicName = "T"\npublicKeys = ["k"]\n[[amop]]\ntopicName = "T"\nprivateKey = "k"\npassword = ""\n',
      ['k'],
    );
    const path = join(cwd, 'k');
    expect(new SdkConfig(config, '/').topicKeys('T')).toEqual({
      publicKeys: [path],
      privateKey: path,
    });
  });
});

describe('errors name file, line and what to do', () => {
  const of = (text: string) => {
    const { config } = folderWith(text, []);
    const read = () => new SdkConfig(config, '/');
    return { config, read };
  };

  test.each([
    ['no TOML', 'a = 1\nb == 2\n', 2, () => undefined],
    ['peers as text', '\n[network]\npeers = "127.0.0.1:20200"\n', 3, (c: SdkConfig) => c.nodes()],
    ['no peers', '[account]\n\n[network]\n', 3, (c: SdkConfig) => c.nodes()],
    ['no [network]', '[account]\n', 1, (c: SdkConfig) => c.nodes()],
    [
      'a file that is not there',
      '[cryptoMaterial]\n\ncertPath = "x"\n',
      3,
      (c: SdkConfig) => c.certificates(),
    ],
    [
      'one certificate that is not there',
      '[cryptoMaterial]\n caCert = "x"\n',
      2,
      (c: SdkConfig) => c.certificates(),
    ],
    [
      '[amop] instead of [[amop]]',
      '\n[amop]\ntopicName = "T"\n',
      2,
      (c: SdkConfig) => c.topicKeys('T'),
    ],
    [
      'a key that is not there, in the second table',
      '[[amop]]\ntopicName = "S"\npublicKeys = ["x"]\n[[amop]]\ntopicName = "T"\n"publicKeys" = ["x"]\n',
      6,
      (c: SdkConfig) => c.topicKeys('T'),
    ],
    [
      'two private keys',
      '[[amop]]\ntopicName = "T"\nprivateKey = "."\n[[amop]]\ntopicName = "T"\nprivateKey = "."\n',
      6,
      (c: SdkConfig) => c.topicKeys('T'),
    ],
    ['a topic that is no text', '[[amop]]\ntopicName = 1\n', 2, (c: SdkConfig) => c.topicKeys('T')],
  ])('%s', (_, text, line, ask) => {
    const { config, read } = of(text);
    const error = refusal(() => ask(read()));
    expect(error.code).toBe('AMOP_DAEMON_SDK_CONFIG');
    expect(error.message).toMatch(new RegExp(`^${config}:${line}: .`));
    expect(error.details).toEqual({ path: config, line, fix: expect.stringMatching(/./) });
  });

  test('a file that is not there', () => {
    const error = refusal(() => new SdkConfig('nowhere.toml', temporaryFolder()));
    expect(error.message).toMatch(/^cannot read \S+nowhere\.toml: ENOENT/);
    expect(error.details).toMatchObject({ fix: expect.stringContaining('config.toml') });
  });

  test('what is not asked for is not looked at', () => {
    const { read } = of('[network]\npeers = ["a:1"]\n[[amop]]\nprivateKey = "nowhere"\n');
    expect(read().nodes()).toEqual(['a:1']);
    expect(read().topicKeys('T')).toBeUndefined();
  });
});
