import type { PrivateTopicOptions, ProofMode } from '@amop/client';
import type { PrivateKey } from '@amop/crypto';
import { type Command, Option } from 'commander';
import { DaemonError } from '../../errors.ts';
import type { Terminal } from '../../terminal.ts';
import { type ConnectionOptions, resolveSdkConfig } from '../connection-options.ts';
import { collect, parseCount } from '../values.ts';
import { warn } from '../warnings.ts';
import { readOtherKeys } from './other-keys.ts';
import {
  addOwnKeyOptions,
  configuredKeyPlace,
  type OwnKeyOptions,
  ownKeyPlace,
  readOwnKey,
} from './own-key.ts';

const PROOFS: readonly ProofMode[] = ['bound', 'either', 'original'];

/** Options of a command that sends on a private topic. */
export interface SendingOptions extends ConnectionOptions, OwnKeyOptions {
  readonly privateTo?: readonly string[];
  readonly proof?: ProofMode;
  /** So many subscribers are waited for. */
  readonly wait?: number;
}

/** What a private topic is opened with, and how many subscribers are waited for, where that was said. */
export interface SendingKeys {
  readonly topicOptions: PrivateTopicOptions & { readonly privateKey?: PrivateKey };
  readonly subscribers: number | undefined;
}

/**
 * Gives `command` the options of {@link SendingOptions} with their help.
 *
 * @param waitDefault what it does without `--wait`
 * @param waitLimit the option that limits the wait
 */
export function addSendingOptions(
  command: Command,
  waitDefault: string,
  waitLimit = '--timeout',
): Command {
  const open = command.option(
    '--private-to <key>',
    'send on the private topic, only to who proves this public key, a file or 128 hex digits; repeatable',
    collect,
  );
  return addOwnKeyOptions(open, 'with --private-to: send under this key')
    .addOption(
      new Option(
        '--proof <kind>',
        "whose proofs count: 'bound' of our clients, sealed end to end (default); 'original' of the original SDKs, plain text; 'either'",
      ).choices(PROOFS),
    )
    .option(
      '--wait <number>',
      `with --private-to: wait for so many subscribers first, ${waitLimit} at most (default: ${waitDefault})`,
      (text) => parseCount(text, 1000),
    );
}

/**
 * The keys for a private topic, of the options or of `--sdk-config`; `undefined` for an ordinary topic, with a warning
 * when `--sdk-config` has private topics: its name may be a slip.
 *
 * @throws DaemonError `AMOP_DAEMON_USAGE`, `AMOP_DAEMON_KEY_FILE`, `AMOP_DAEMON_SDK_CONFIG`; CryptoError
 */
export async function sendingKeys(
  topic: string,
  options: SendingOptions,
  terminal: Terminal,
): Promise<SendingKeys | undefined> {
  const sdkConfig = resolveSdkConfig(options, terminal);
  const configured = sdkConfig?.topicKeys(topic);
  const names = options.privateTo ?? configured?.publicKeys;
  if (names === undefined) {
    refuseWithout(options);
    if (sdkConfig?.hasPrivateTopics()) {
      const file = options.sdkConfig;
      warn(
        terminal,
        `no [[amop]] table of ${file} is about ${topic}: it goes in the clear, to all`,
      );
    }
    return undefined;
  }
  if (names.length === 0) {
    throw usage(
      '--sdk-config',
      `${options.sdkConfig} names no publicKeys for the private topic ${topic}: give --private-to KEY`,
    );
  }
  const place = ownKeyPlace(options, terminal) ?? configuredKeyPlace(configured);
  const { proof = 'bound' } = options;
  if (place === undefined && proof !== 'original') {
    throw usage(
      '--private',
      `the proof '${proof}' needs --private KEYFILE, the key of this side; towards original SDKs --proof original does without, and every node on the way can read`,
    );
  }
  const privateKey: PrivateKey | undefined =
    place === undefined || proof === 'original' ? undefined : await readOwnKey(place, terminal);
  const publicKeys = await readOtherKeys(names, terminal);
  if (proof !== 'bound') {
    const whom = proof === 'either' ? ' to subscribers with original SDKs' : '';
    warn(terminal, `--proof ${proof}: what is sent${whom} can be read by nodes on the way`);
  }
  return {
    topicOptions: { publicKeys, proof, ...(privateKey !== undefined && { privateKey }) },
    subscribers: options.wait,
  };
}

/** Options that mean nothing on an ordinary topic are a slip: what was to be private would not be. */
function refuseWithout(options: SendingOptions): void {
  const given = {
    '--private': options.private,
    '--private-passphrase-file': options.privatePassphraseFile,
    '--proof': options.proof,
    '--wait': options.wait,
  };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) throw usage(name, `${name} needs --private-to KEY`);
  }
}

function usage(argument: string, message: string): DaemonError {
  return new DaemonError('AMOP_DAEMON_USAGE', message, { argument });
}
