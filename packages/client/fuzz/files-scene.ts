import {
  encodeFileMessage,
  encodeTransferOffer,
  fileInboxTopic,
  type TransferOffer,
} from '@amop/codec';
import { type Choices, expectSame } from '@amop/fuzz';
import { RawReceiver } from '../test/support/raw-transfer.ts';
import { TransferScene } from '../test/support/transfer-scene.ts';

const MAX_STEPS = 30;
const MAX_PLACES = 3;
const CALL_MS = 2_000;

/** One honest sender and receiver, and strangers who have seen an offer, a request or nothing at all. */
export class FilesScene {
  readonly #choices: Choices;
  readonly #scene = new TransferScene();
  readonly #calls = this.#scene.post.calls();
  readonly #offers: TransferOffer[] = [];

  constructor(choices: Choices) {
    this.#choices = choices;
  }

  /** Everything that the choices say, then the end; rejects when a property does not hold. */
  async play(): Promise<void> {
    const scene = this.#scene;
    const { receiver, party } = await scene.receive({ maxTransfers: MAX_PLACES });
    for (let step = 0; step < MAX_STEPS && this.#choices.hasMore; step++) await this.#step();
    const bytes = scene.file('/out/honest', 3);
    await scene.run(scene.send('/out/honest', { joinMs: 120_000 }), 240_000);
    // Somebody else may have had the name first.
    const found = scene.files
      .names('/in')
      .filter((name) => name.startsWith('honest') && !name.endsWith('.amop-files'))
      .filter((name) => sameBytes(scene.files.readFile(`/in/${name}`), bytes));
    expectSame(found.length, 1, 'places of the honest file');
    await scene.run(receiver.close(), 1_000);
    await scene.run(party.transfers.close(), 1_000);
    await scene.pass(60_000);
    expectSame(scene.files.openPaths, [], 'open files');
    expectSame(scene.files.held, 0, 'locks');
    expectSame(scene.post.pending, 0, 'requests under way');
    expectSame(scene.clock.timers, 0, 'timers');
    const lines = scene.logger.entries.filter(({ level }) => level === 'error');
    expectSame(lines, [], 'errors in the log');
  }

  async #step(): Promise<void> {
    const choices = this.#choices;
    const scene = this.#scene;
    switch (choices.below(7)) {
      case 0:
      case 1:
        await this.#say('t', this.#offer());
        break;
      case 2:
        await this.#say('t', this.#changed(this.#offer()));
        break;
      case 3:
        await this.#say('t', this.#single());
        break;
      case 4:
        await this.#sendToRaw();
        break;
      case 5:
        await this.#replay();
        break;
      default:
        await scene.pass(choices.of([0, 100, 3_000, 60_000]));
    }
  }

  /** A request, or a multicast, that nobody need answer. */
  async #say(topic: string, body: Uint8Array): Promise<void> {
    const said = this.#choices.bool()
      ? this.#calls.request(topic, body, CALL_MS).then(() => undefined)
      : this.#calls.publish(topic, body, CALL_MS);
    await this.#scene.run(
      said.catch(() => undefined),
      CALL_MS + 1_000,
    );
  }

  /** A new offer, or one that was made before with something else in it. */
  #offer(): Uint8Array {
    const choices = this.#choices;
    const old = choices.bool() ? this.#offers[choices.below(this.#offers.length + 1)] : undefined;
    const offer = {
      ...this.#scene.offerOf(old),
      ...(choices.bool() && { size: choices.of([0, 1, 1_024, 5_000, 2 ** 40]) }),
      ...(choices.bool() && { chunkBytes: choices.of([1_024, 65_536, 8_388_608]) }),
      ...(choices.bool() && { toAll: choices.bool() }),
      ...(choices.bool() && { name: choices.of(['', '../x', 'honest', 'honest.part', 'a\0']) }),
    };
    this.#offers.push(offer);
    try {
      return encodeTransferOffer(offer);
    } catch {
      return encodeTransferOffer(this.#scene.offerOf());
    }
  }

  #single(): Uint8Array {
    const name = this.#choices.of(['x', '../../x', 'honest', 'honest.part', '', 'CON']);
    return encodeFileMessage({ name, bytes: this.#scene.random.bytes(this.#choices.below(100)) });
  }

  #changed(bytes: Uint8Array): Uint8Array {
    const at = this.#choices.below(bytes.length);
    if (this.#choices.bool()) return bytes.slice(0, at);
    const changed = bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ (1 << this.#choices.below(8));
    return changed;
  }

  /** A file whose receiver asks for what it likes; it ends when its sender ends it. */
  async #sendToRaw(): Promise<void> {
    const choices = this.#choices;
    const scene = this.#scene;
    const path = `/out/raw ${scene.post.asked.length}`;
    scene.file(path, 2);
    const next = RawReceiver.next(scene);
    const abort = new AbortController();
    const sending = scene.send(path, { to: 'all', signal: abort.signal, stallMs: 5_000 });
    await scene.settle();
    const raw = await scene.run(next, CALL_MS);
    for (let asked = choices.below(8); asked > 0; asked--) {
      const attempt = choices.below(4);
      const asking = choices.of([
        () => raw.join(attempt),
        () => raw.pull(choices.below(5), choices.bool(), attempt),
        () => raw.report(choices.of([1, 2, 3]), '', attempt),
      ]);
      await scene.run(
        asking().catch(() => undefined),
        10_000,
      );
    }
    const inbox = fileInboxTopic(raw.offer.transfer);
    const rubbish = scene.random.bytes(choices.below(100));
    await this.#say(inbox, rubbish);
    abort.abort();
    await scene.run(
      sending.then(
        () => undefined,
        () => undefined,
      ),
      10_000,
    );
  }

  /** Something that was asked before, as it was or changed. */
  async #replay(): Promise<void> {
    const { asked } = this.#scene.post;
    const old = asked[this.#choices.below(asked.length + 1)];
    if (old === undefined) return;
    const body = this.#choices.bool() || old.body.length === 0 ? old.body : this.#changed(old.body);
    await this.#say(old.topic, body);
  }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
