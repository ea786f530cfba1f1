import type { PublicKey } from '@amop/crypto';
import type { Clock } from '@amop/ports';
import type { TopicSigner } from '../bound/topic-signer.ts';
import { DeadlineEntry, type DeadlineTimer } from '../call/deadline-timer.ts';

/** Time for a signer to answer; a person may have to touch a device. */
const SIGN_TIMEOUT_MS = 30_000;

/** Collaborators of {@link TimedSigner}. */
export interface TimedSignerDependencies {
  readonly clock: Clock;
  readonly deadlines: DeadlineTimer;
}

/**
 * A signer of the application that answers or fails: one that has not answered within 30 s has failed,
 * so that whatever waits for it is free again. What it says later goes nowhere.
 */
export class TimedSigner implements TopicSigner {
  readonly #signer: TopicSigner;
  readonly #deps: TimedSignerDependencies;

  constructor(signer: TopicSigner, dependencies: TimedSignerDependencies) {
    this.#signer = signer;
    this.#deps = dependencies;
  }

  get publicKey(): PublicKey {
    return this.#signer.publicKey;
  }

  /** At once where the signer gives its signature at once; throws, or rejects, with what it does. */
  sign(digest: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const signed = this.#signer.sign(digest);
    return signed instanceof Uint8Array ? signed : this.#inTime(signed);
  }

  #inTime(signing: Promise<Uint8Array>): Promise<Uint8Array> {
    const { clock, deadlines } = this.#deps;
    return new Promise((resolve, reject) => {
      const wait = new SignerWait(reject);
      deadlines.add(wait, clock.nowMs() + SIGN_TIMEOUT_MS);
      Promise.resolve(signing)
        .then(resolve, reject)
        .finally(() => deadlines.remove(wait));
    });
  }
}

class SignerWait extends DeadlineEntry {
  readonly #fail: (error: Error) => void;

  constructor(fail: (error: Error) => void) {
    super();
    this.#fail = fail;
  }

  override expire(): void {
    this.#fail(new Error(`it has not answered within ${SIGN_TIMEOUT_MS / 1_000} s`));
  }
}
