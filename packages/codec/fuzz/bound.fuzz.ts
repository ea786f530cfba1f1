import { expectSame, fuzz } from '@amop/fuzz';
import {
  BoundKind,
  boundKind,
  challengeRoute,
  draftBoundOffer,
  draftBoundProof,
  encodeBoundRefusal,
  encodeEpochKey,
  encodePeerGrants,
  parseBoundOffer,
  parseBoundProof,
  parseBoundRefusal,
  parseEpochKey,
  parsePeerGrants,
  parseSealedMessage,
  payloadTopic,
  sealedKeyId,
  writeSealedHead,
} from '../src/index.ts';

const OFFER = {
  suite: 1,
  publisherKey: new Uint8Array(64).fill(2),
  ephemeral: new Uint8Array(32).fill(3),
  nonce: new Uint8Array(32).fill(4),
  publisherNode: '5'.repeat(128),
  routeNode: '6'.repeat(128),
  issuedMs: 1_780_000_000_000,
  expiresMs: 1_780_000_600_000,
  routeId: 'a30b9d01'.padEnd(32, 'b'),
  name: 'deal',
};
const PROOF = {
  subscriberKey: new Uint8Array(64).fill(7),
  ephemeral: new Uint8Array(32).fill(8),
  nonce: new Uint8Array(32).fill(9),
};
const HEAD_AND_COUNTER = 21;
const TAG = 16;
const KEY_ID = new Uint8Array(8).fill(1);

const seeds = [
  draftBoundOffer(OFFER).content,
  draftBoundProof(PROOF).content,
  encodeBoundRefusal(3),
  encodeEpochKey({ id: KEY_ID, key: new Uint8Array(32), expiresMs: OFFER.expiresMs }),
  ...[BoundKind.sealed, BoundKind.epoch].map((kind) => {
    const content = new Uint8Array(HEAD_AND_COUNTER + TAG + 3);
    writeSealedHead(content, kind, KEY_ID);
    return content;
  }),
  encodePeerGrants({
    fresh: true,
    asked: [],
    granted: [[7, challengeRoute({ payload: payloadTopic('deal'), id: OFFER.routeId })]],
    withdrawn: [],
    void: [],
  }),
];

// What clients of ours say to each other on private topics: read or refused, and what was read is what was written.
fuzz({
  name: 'codec/bound',
  seeds,
  run: (content) => {
    const before = content.slice();
    const offer = parseBoundOffer(content);
    const proof = parseBoundProof(content);
    const refusal = parseBoundRefusal(content);
    const sealed = parseSealedMessage(content);
    const found = [offer, proof, refusal, sealed].filter((each) => each !== undefined).length;
    if (found > 1) throw new Error('one content of two kinds');
    if (found > 0 && boundKind(content) === undefined) throw new Error('of no kind, and read');
    if (offer !== undefined) {
      const written = draftBoundOffer(offer);
      written.signature.set(offer.signature);
      expectSame(written.content, content, 'an offer that is written again');
    }
    if (proof !== undefined) {
      const written = draftBoundProof(proof);
      written.signature.set(proof.signature);
      written.mac.set(proof.mac);
      expectSame(written.content, content, 'a proof that is written again');
    }
    if (refusal !== undefined) expectSame(encodeBoundRefusal(refusal), content, 'a refusal');
    if (sealed !== undefined && sealedKeyId(content) === undefined) {
      throw new Error('sealed with no key');
    }
    const epoch = parseEpochKey(content);
    if (epoch !== undefined) expectSame(encodeEpochKey(epoch), content, 'an epoch key');
    const grants = parsePeerGrants(content);
    if (grants !== undefined) {
      const again = parsePeerGrants(encodePeerGrants(grants));
      expectSame(again, { ...grants, rejected: 0 }, 'grants that are written again');
    }
    expectSame(content, before, 'the content after it was read');
  },
});
