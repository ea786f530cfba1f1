import { formatPublicKeyHex, type PrivateKey, type PublicKey } from '@amop/crypto';
import type { TopicSigner } from '../../bound/topic-signer.ts';
import { ClientError } from '../../errors.ts';
import { parseTopicKey, signerFrom } from '../topic-key.ts';

/**
 * Which proofs of a subscriber count.
 *
 * - `bound`: only those of this software, which bind topic, route, node and both keys; what is sent
 *   is sealed end to end
 * - `original`: only those of the original SDKs; what is sent is readable for every node on the way
 * - `either`: both, each subscriber in its own way
 */
export type ProofMode = 'bound' | 'either' | 'original';

/** Options of `AmopClient.privateTopic`. */
export interface PrivateTopicOptions {
  /**
   * The publisher's own key, or what signs with it; subscribers may ask for it. Not needed with
   * `proof: 'original'`. Never the key of a chain account.
   */
  readonly privateKey?: PrivateKey | TopicSigner;
  /** Whoever holds one of these keys receives: 128 hex digits, PEM (`PUBLIC KEY`) or keys. */
  readonly publicKeys: readonly (PublicKey | string)[];
  /** Default `bound`. */
  readonly proof?: ProofMode;
}

/** The options, checked. */
export interface TopicSettings {
  /** Undefined only for `original`. */
  readonly signer: TopicSigner | undefined;
  /** By their 128 lower-case hex digits. */
  readonly keys: ReadonlyMap<string, PublicKey>;
  readonly proof: ProofMode;
}

const OPTION_NAMES: readonly string[] = ['privateKey', 'publicKeys', 'proof'];
const MODES: readonly ProofMode[] = ['bound', 'either', 'original'];
/** More keys than any topic needs: each answer of an original subscriber is tried against all. */
const MAX_KEYS = 1_000;

/**
 * Checks the options.
 *
 * @throws ClientError `AMOP_CLIENT_OPTIONS`
 */
export function parseTopicOptions(options: PrivateTopicOptions): TopicSettings {
  if (typeof options !== 'object' || options === null) {
    throw bad('options', 'bad-option', 'the options of a private topic must be an object');
  }
  for (const name of Object.keys(options)) {
    if (OPTION_NAMES.includes(name)) continue;
    throw bad(name, 'unknown-option', `${name} is none of ${OPTION_NAMES.join(', ')}`);
  }
  const { privateKey, publicKeys, proof = 'bound' } = options;
  if (!MODES.includes(proof)) {
    throw bad('proof', 'bad-option', `proof must be one of ${MODES.join(', ')}`);
  }
  if (!Array.isArray(publicKeys) || publicKeys.length > MAX_KEYS) {
    throw bad('publicKeys', 'bad-key', `publicKeys must be a list of at most ${MAX_KEYS} keys`);
  }
  const keys = new Map<string, PublicKey>();
  for (const text of publicKeys) {
    const key = parseTopicKey(text, 'publicKeys');
    keys.set(formatPublicKeyHex(key), key);
  }
  return { signer: parseSigner(privateKey, proof), keys, proof };
}

function parseSigner(
  key: PrivateKey | TopicSigner | undefined,
  proof: ProofMode,
): TopicSigner | undefined {
  if (key === undefined) {
    if (proof === 'original') return undefined;
    const text = `privateKey is needed with proof '${proof}': subscribers see who asks them`;
    throw bad('privateKey', 'missing-key', text);
  }
  return signerFrom(key, 'privateKey');
}

function bad(option: string, reason: string, message: string): ClientError {
  return new ClientError('AMOP_CLIENT_OPTIONS', message, { option, reason });
}
