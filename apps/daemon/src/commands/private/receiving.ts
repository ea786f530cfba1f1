import type { AmopClient, PrivateSubscribeOptions, Subscription } from '@amop/client';
import { formatPublicKeyHex, type PrivateKey } from '@amop/crypto';
import type { Command } from 'commander';
import { DaemonError } from '../../errors.ts';
import { shortKey } from '../../output/key-text.ts';
import type { Terminal } from '../../terminal.ts';
import { type ConnectionOptions, resolveSdkConfig } from '../connection-options.ts';
import { collect } from '../values.ts';
import { say } from '../watch-links.ts';
import { readOtherKeys } from './other-keys.ts';
import {
  addOwnKeyOptions,
  configuredKeyPlace,
  type OwnKeyOptions,
  type OwnKeyPlace,
  ownKeyPlace,
  readOwnKey,
} from './own-key.ts';

/** Keys for a private topic that is subscribed. */
export interface ReceivingKeys extends PrivateSubscribeOptions {
  readonly privateKey: PrivateKey;
}

/** Options of a command that receives on a private topic. */
export interface ReceivingOptions extends ConnectionOptions, OwnKeyOptions {
  readonly publisher?: readonly string[];
}

/** Gives `command` the options of {@link ReceivingOptions} with their help. */
export function addReceivingOptions(command: Command): Command {
  return addOwnKeyOptions(command, 'receive on the private topic with this key').option(
    '--publisher <key>',
    'with --private: only what the owner of this public key sent, a file or 128 hex digits; repeatable',
    collect,
  );
}

/**
 * The keys for a private topic, of the options or of `--sdk-config`; `undefined` for an ordinary topic.
 *
 * @throws DaemonError `AMOP_DAEMON_USAGE`, `AMOP_DAEMON_KEY_FILE`, `AMOP_DAEMON_SDK_CONFIG`; CryptoError
 */
export async function receivingKeys(
  topic: string,
  options: ReceivingOptions,
  terminal: Terminal,
): Promise<ReceivingKeys | undefined> {
  const place = ownKeyPlace(options, terminal) ?? configuredPlace(topic, options, terminal);
  if (place === undefined) {
    if (options.publisher === undefined) return undefined;
    throw new DaemonError('AMOP_DAEMON_USAGE', '--publisher needs --private', {
      argument: '--publisher',
    });
  }
  const privateKey = await readOwnKey(place, terminal);
  if (options.publisher === undefined) return { privateKey };
  return { privateKey, publishers: await readOtherKeys(options.publisher, terminal) };
}

/** Subscribes the topic: the private one with keys, else the ordinary one. Refused publishers are told of on stderr. */
export function subscribeWith(
  client: AmopClient,
  topic: string,
  keys: ReceivingKeys | undefined,
  terminal: Terminal,
): Promise<Subscription> {
  if (keys === undefined) return client.subscribe(topic);
  tellRefused(client, terminal);
  return client.subscribePrivate(topic, keys);
}

/** Tells on stderr of publishers whose keys are not among `--publisher`. */
export function tellRefused(client: AmopClient, terminal: Terminal): void {
  client.on('refused', ({ key }) => {
    say(terminal, `refused a publisher with the key ${key}: it is not among --publisher`);
  });
}

/** What is said about keys behind the name of a topic; nothing for an ordinary one. */
export function asWhom(keys: ReceivingKeys | undefined): string {
  if (keys === undefined) return '';
  return ` with the key ${shortKey(formatPublicKeyHex(keys.privateKey.publicKey()))}`;
}

function configuredPlace(
  topic: string,
  options: ReceivingOptions,
  terminal: Terminal,
): OwnKeyPlace | undefined {
  const keys = resolveSdkConfig(options, terminal)?.topicKeys(topic);
  const place = configuredKeyPlace(keys);
  if (keys === undefined || place !== undefined) return place;
  throw new DaemonError(
    'AMOP_DAEMON_USAGE',
    `${options.sdkConfig} names no privateKey for the private topic ${topic}: give --private KEYFILE`,
    { argument: '--sdk-config' },
  );
}
