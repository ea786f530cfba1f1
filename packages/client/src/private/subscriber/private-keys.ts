import type { PrivateKey, PublicKey } from '@amop/crypto';
import type { TopicSigner } from '../../bound/topic-signer.ts';
import { ClientError } from '../../errors.ts';
import { parseTopicKey, signerFrom } from '../topic-key.ts';
import type { PrivateTopicKeys } from './private-topic.ts';

/** Whose keys count on a private topic that is subscribed. */
export interface PrivateSubscribeOptions {
  /**
   * The key that this subscriber proves to publishers, on secp256k1: as such, or as something that
   * signs with it where the key cannot leave a device. Never the key of a chain account.
   */
  readonly privateKey: PrivateKey | TopicSigner;
  /**
   * The publishers that may send: keys, 128 hex digits or PEM (`PUBLIC KEY`). Then original
   * publishers, which cannot show who they are, get no proof, and what they send is dropped. Left
   * out, everybody may send, and a message says whether its sender is known.
   */
  readonly publishers?: readonly (PublicKey | string)[];
}

const OPTION_NAMES: readonly string[] = ['privateKey', 'publishers'];

/**
 * Checks the keys of a private subscription.
 *
 * @throws ClientError `AMOP_CLIENT_OPTIONS`, naming the option
 */
export function parsePrivateKeys(options: PrivateSubscribeOptions): PrivateTopicKeys {
  if (typeof options !== 'object' || options === null) {
    throw refused('options', 'must be an object with privateKey');
  }
  for (const name of Object.keys(options)) {
    if (!OPTION_NAMES.includes(name)) {
      throw refused(name, `is not an option; there are ${OPTION_NAMES.join(', ')}`);
    }
  }
  const { privateKey, publishers } = options;
  return {
    signer: signerFrom(privateKey, 'privateKey'),
    publishers: publishers === undefined ? undefined : parsePublishers(publishers),
  };
}

/** Whether two subscribers of one topic name the same keys, in any order. */
export function areSameKeys(one: PrivateTopicKeys, other: PrivateTopicKeys): boolean {
  if (!one.signer.publicKey.equals(other.signer.publicKey)) return false;
  const [mine, theirs] = [one.publishers, other.publishers];
  if (mine === undefined || theirs === undefined) return mine === theirs;
  return isWithin(mine, theirs) && isWithin(theirs, mine);
}

function isWithin(keys: readonly PublicKey[], others: readonly PublicKey[]): boolean {
  return keys.every((key) => others.some((other) => other.equals(key)));
}

function parsePublishers(publishers: readonly (PublicKey | string)[]): readonly PublicKey[] {
  if (!Array.isArray(publishers) || publishers.length === 0) {
    throw refused(
      'publishers',
      'must be a list of one public key at least; left out, all may send',
    );
  }
  // Array.isArray makes the elements of a readonly array `any`.
  const keys: readonly (PublicKey | string)[] = publishers;
  return keys.map((key) => parseTopicKey(key, 'publishers'));
}

function refused(option: string, text: string): ClientError {
  const details = { option, reason: 'bad-option' } as const;
  return new ClientError('AMOP_CLIENT_OPTIONS', `${option} ${text}`, details);
}
