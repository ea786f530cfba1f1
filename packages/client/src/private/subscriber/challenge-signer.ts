import { boundKind } from '@amop/codec';
import { formatPublicKeyHex, isChallenge, keccak256 } from '@amop/crypto';
import type { Clock } from '@amop/ports';
import { checkedSignature } from '../../bound/topic-signer.ts';
import type { ClientCounters } from '../../counters.ts';
import type { PrivateTopicKeys } from './private-topic.ts';
import type { SignedChallenges } from './signed-challenges.ts';

/** A signer that does not answer holds no more challenges of a route than this. */
const MAX_WAITING = 32;

/** Collaborators of {@link ChallengeSigner}. */
export interface ChallengeSignerDependencies {
  /** Of the whole client. */
  readonly signed: SignedChallenges;
  readonly clock: Clock;
  readonly counters: ClientCounters;
}

/** Why a challenge is not signed. */
export type ChallengeFault = 'not-a-challenge' | 'publishers-named' | 'repeated' | 'too-many';

/**
 * Signs the random values of original publishers, and nothing else.
 *
 * Anybody who knows the route may ask, and the signature says nothing of topic, route or publisher
 * (D-04). So only what no other protocol gives a meaning to is signed: never a digest or a
 * transaction; few in a second with one key, each once, on whatever route; and none at all where the
 * subscriber has named its publishers, for an original one could not open what is sealed for them
 * anyway.
 */
export class ChallengeSigner {
  readonly #keys: PrivateTopicKeys;
  readonly #publicKey: string;
  readonly #deps: ChallengeSignerDependencies;
  #waiting = 0;

  constructor(keys: PrivateTopicKeys, dependencies: ChallengeSignerDependencies) {
    this.#keys = keys;
    this.#publicKey = formatPublicKeyHex(keys.signer.publicKey);
    this.#deps = dependencies;
  }

  /** Why `content` must not be signed; undefined if it may be, once: its next time is repeated. */
  refuse(content: Uint8Array): ChallengeFault | undefined {
    // A refusal of ours is as short as a number of Go.
    if (boundKind(content) !== undefined || !isChallenge(content)) return 'not-a-challenge';
    if (this.#keys.publishers !== undefined) return 'publishers-named';
    const value = String.fromCharCode(...content);
    const { clock, signed } = this.#deps;
    const key = this.#publicKey;
    if (signed.has(key, value)) return 'repeated';
    if (this.#waiting >= MAX_WAITING) return 'too-many';
    return signed.take(key, value, clock.nowMs()) ? undefined : 'too-many';
  }

  /**
   * The signature, 65 bytes, at once where the key is here; throws, or rejects, with what the
   * signer does, and for what is no signature.
   */
  sign(content: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const signed = this.#keys.signer.sign(keccak256(content));
    return signed instanceof Uint8Array ? this.#checked(signed) : this.#wait(signed);
  }

  async #wait(signing: Promise<Uint8Array>): Promise<Uint8Array> {
    this.#waiting++;
    try {
      return this.#checked(await signing);
    } finally {
      this.#waiting--;
    }
  }

  #checked(signature: Uint8Array): Uint8Array {
    const checked = checkedSignature(signature);
    this.#deps.counters.challengesSigned++;
    return checked;
  }
}
