import type { Random } from '@amop/ports';
import { hexOf } from '../../hex.ts';
import { Responder } from '../seal/responder.ts';
import { secretFor, TransferKeys } from '../seal/transfer-keys.ts';

/** Those who have one secret: everybody who got the offer or, on a private topic, the holder of one key. */
export interface Party {
  /** The key that was proved, 128 hex digits; undefined on an ordinary topic. */
  readonly key: string | undefined;
  /** 32 bytes, as in the offer. */
  readonly secret: Uint8Array;
  readonly responder: Responder;
}

/** Who may receive on a private topic. */
export interface AllowedKeys {
  allowedKeys(): Iterable<string>;
  isAllowed(key: string): boolean;
}

/** The secrets of one transfer, by whom they are for. */
export class PartyTable {
  readonly #secret: Uint8Array;
  readonly #transfer: Uint8Array;
  readonly #allowed: AllowedKeys | undefined;
  readonly #random: Random;
  readonly #byKey = new Map<string | undefined, Party>();
  readonly #byId = new Map<string, Party>();

  /** @param secret 32 bytes; `transfer`: 16 bytes; both kept */
  constructor(
    options: { readonly secret: Uint8Array; readonly transfer: Uint8Array },
    dependencies: { readonly random: Random; readonly allowed: AllowedKeys | undefined },
  ) {
    this.#secret = options.secret;
    this.#transfer = options.transfer;
    this.#random = dependencies.random;
    this.#allowed = dependencies.allowed;
  }

  /** Whether somebody may still receive: always, but for a key that was revoked. */
  readonly isAllowed = (key: string | undefined): boolean =>
    key === undefined || this.#allowed?.isAllowed(key) === true;

  /** The party of a key, or the one party of an ordinary topic. */
  of(key: string | undefined): Party {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const secret = key === undefined ? this.#secret : secretFor(this.#secret, this.#transfer, key);
    const keys = new TransferKeys(secret, this.#transfer);
    const party = { key, secret, responder: new Responder(keys, { random: this.#random }) };
    this.#byKey.set(key, party);
    this.#byId.set(hexOf(keys.party), party);
    return party;
  }

  /** The party that a request names with 8 bytes; undefined when it is nobody who may receive. */
  find(id: Uint8Array): Party | undefined {
    const name = hexOf(id);
    let party = this.#byId.get(name);
    if (party === undefined) {
      // Those who got an offer from an earlier process ask without a new one.
      for (const key of this.#allowed?.allowedKeys() ?? [undefined]) this.of(key);
      party = this.#byId.get(name);
    }
    return party !== undefined && this.isAllowed(party.key) ? party : undefined;
  }
}
