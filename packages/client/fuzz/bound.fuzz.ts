import { SealedStatus, SealedType } from '@amop/codec';
import { Choices, fuzz, toHex } from '@amop/fuzz';
import { Parties } from '../test/bound/parties.ts';

const sample = new Parties();
const sampleOffer = await sample.offer();
const sampleProof = (await sample.responder().answer(sampleOffer.content)).content;

// Whatever comes instead of an offer or a proof: refused, unless it is the one that was made.
fuzz({
  name: 'client/bound-proof',
  seeds: [sampleOffer.content, sampleProof],
  testRuns: 15,
  run: async (content) => {
    const parties = new Parties();
    const responder = parties.responder();
    const answer = await responder.answer(content);
    if (answer.established !== undefined) {
      // Offers of one seed are the same: only those bytes carry the publisher's signature.
      const { content: made } = await new Parties().offer();
      if (toHex(made) !== toHex(content)) throw new Error('a proof for a forged offer');
      if ((await responder.answer(content)).established) throw new Error('a proof twice');
    }
    const offer = await parties.offer();
    const outcome = offer.accept(content);
    // Random bytes are the same in every run: the sample is the proof for this offer as well.
    if (outcome.kind === 'proven' && toHex(content) !== toHex(sampleProof)) {
      throw new Error('somebody has proved a key with other bytes');
    }
    offer.close();
  },
});

// Sealed messages that are changed, exchanged, repeated or cut: each true one is opened once, no other ever.
fuzz({
  name: 'client/bound-seal',
  maxBytes: 300,
  testRuns: 15,
  run: async (input) => {
    const choices = new Choices(input);
    const { publisher, subscriber } = await new Parties().seals();
    const contents: Uint8Array[] = [];
    const opened = new Set<string>();
    while (choices.hasMore) {
      const body = choices.take(choices.below(20));
      const type = choices.bool() ? SealedType.request : SealedType.multicast;
      const sealed = publisher.seal(type, body);
      if (sealed === undefined) throw new Error('a seal that is open seals nothing');
      contents.push(sealed.content);
      const given = choices.of(contents).slice();
      const isChanged = choices.bool();
      if (isChanged) {
        const at = choices.below(given.length);
        given[at] = (given[at] ?? 0) ^ (1 + choices.below(255));
      }
      const hex = toHex(given);
      const found = subscriber.open(given);
      const isTrue = contents.some((each) => toHex(each) === hex) && !opened.has(hex);
      if ((typeof found !== 'string') !== isTrue) throw new Error(`opened: ${!isTrue}`);
      opened.add(hex);
      if (typeof found === 'string') continue;
      const answer = subscriber.sealAnswer(found.counter, SealedStatus.ok, body);
      const isRequest = found.type === SealedType.request;
      if ((answer !== undefined) !== isRequest) throw new Error('an answer that nobody wants');
      const other = found.counter + 1;
      if (answer && publisher.openAnswer(other, answer)) throw new Error('the answer of another');
      if (answer && !publisher.openAnswer(found.counter, answer)) throw new Error('no answer');
    }
  },
});
