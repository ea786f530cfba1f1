import { isSafeU64, u64be, viewOf, writeU64be } from '../../bytes/big-endian.ts';
import { FieldReader } from '../../bytes/field-reader.ts';
import { hexOf, isHex, writeHex } from '../../bytes/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../../bytes/utf8.ts';
import { MAX_PRIVATE_TOPIC_BYTES } from '../../constants.ts';
import { invalidArgument } from '../../errors.ts';
import { isTopicName } from '../../topic-name.ts';
import { BOUND_HEAD_BYTES, BoundKind, boundKind, writeBoundHead } from './bound-frame.ts';
import { EPHEMERAL_BYTES, KEY_BYTES, NONCE_BYTES, SIGNATURE_BYTES } from './sizes.ts';

const NODE_BYTES = 64;
const ROUTE_ID_BYTES = 16;
/** Everything but the name. */
const FIXED_BYTES =
  BOUND_HEAD_BYTES +
  1 +
  KEY_BYTES +
  EPHEMERAL_BYTES +
  NONCE_BYTES +
  2 * NODE_BYTES +
  2 * 8 +
  ROUTE_ID_BYTES +
  1 +
  SIGNATURE_BYTES;

/** What a publisher says in an offer. */
export interface BoundOfferFields {
  /** Which primitives the two would use, u8; 1 is X25519, HKDF-SHA256, AES-256-GCM. */
  readonly suite: number;
  /** 64 bytes: X then Y of its key on secp256k1. */
  readonly publisherKey: Uint8Array;
  /** 32 bytes: its X25519 key for this offer alone. */
  readonly ephemeral: Uint8Array;
  /** 32 random bytes. */
  readonly nonce: Uint8Array;
  /** Node that it is connected to: 128 lower-case hex digits. */
  readonly publisherNode: string;
  /** Node that lists the route: 128 lower-case hex digits. */
  readonly routeNode: string;
  /** Milliseconds since 1970. */
  readonly issuedMs: number;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
  /** 32 lower-case hex digits at the end of the route. */
  readonly routeId: string;
  /** Name of the private topic, without prefix. */
  readonly name: string;
}

/** An offer: what it says, and its bytes. All arrays are views on `content`. */
export interface BoundOffer extends BoundOfferFields {
  readonly content: Uint8Array;
  /** What the signature is made over, after its tag. */
  readonly signed: Uint8Array;
  /** 65 bytes: r | s | v. */
  readonly signature: Uint8Array;
}

/**
 * An offer whose signature is still to be written into its view.
 *
 * Shape: head | suite u8 | publisher key 64 | ephemeral 32 | nonce 32 | publisher's node 64 |
 * route's node 64 | issued u64be | expires u64be | route ID 16 | name bytes u8 | name | signature 65.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`
 * @see docs/private-topics.md
 */
export function draftBoundOffer(fields: BoundOfferFields): BoundOffer {
  const { publisherNode, routeNode, routeId } = fields;
  const name = encodeUtf8(fields.name);
  checkSizes(fields);
  if (!isNameSize(name.length)) {
    throw invalidArgument('name', `1 to ${MAX_PRIVATE_TOPIC_BYTES} bytes`);
  }
  const content = new Uint8Array(FIXED_BYTES + name.length);
  writeBoundHead(content, BoundKind.offer);
  const out = new FieldReader(content, BOUND_HEAD_BYTES);
  out.take(1)[0] = fields.suite;
  out.take(KEY_BYTES).set(fields.publisherKey);
  out.take(EPHEMERAL_BYTES).set(fields.ephemeral);
  out.take(NONCE_BYTES).set(fields.nonce);
  writeHex(out.take(NODE_BYTES), 0, publisherNode);
  writeHex(out.take(NODE_BYTES), 0, routeNode);
  writeU64be(out.take(8), 0, fields.issuedMs);
  writeU64be(out.take(8), 0, fields.expiresMs);
  writeHex(out.take(ROUTE_ID_BYTES), 0, routeId);
  out.take(1)[0] = name.length;
  out.take(name.length).set(name);
  const draft = parseBoundOffer(content);
  if (draft === undefined) throw invalidArgument('name', 'a topic name');
  return draft;
}

/** The offer in a content; undefined for anything else. Keys and signature are not looked at. */
export function parseBoundOffer(content: Uint8Array): BoundOffer | undefined {
  if (boundKind(content) !== BoundKind.offer || content.length <= FIXED_BYTES) return undefined;
  const fields = new FieldReader(content, BOUND_HEAD_BYTES);
  const [suite = 0] = fields.take(1);
  const publisherKey = fields.take(KEY_BYTES);
  const ephemeral = fields.take(EPHEMERAL_BYTES);
  const nonce = fields.take(NONCE_BYTES);
  const publisherNode = fields.take(NODE_BYTES);
  const routeNode = fields.take(NODE_BYTES);
  const issuedMs = u64be(fields.take(8), 0);
  const expiresMs = u64be(fields.take(8), 0);
  const routeId = fields.take(ROUTE_ID_BYTES);
  const [nameBytes = 0] = fields.take(1);
  if (!isNameSize(nameBytes) || content.length !== FIXED_BYTES + nameBytes) return undefined;
  const name = decodeUtf8(fields.take(nameBytes));
  const signed = viewOf(content, 0, fields.offset);
  const signature = fields.take(SIGNATURE_BYTES);
  if (issuedMs === undefined || expiresMs === undefined) return undefined;
  if (name === undefined || !isTopicName(name)) return undefined;
  return {
    suite,
    publisherKey,
    ephemeral,
    nonce,
    publisherNode: hexOf(publisherNode),
    routeNode: hexOf(routeNode),
    issuedMs,
    expiresMs,
    routeId: hexOf(routeId),
    name,
    content,
    signed,
    signature,
  };
}

function isNameSize(bytes: number): boolean {
  return bytes >= 1 && bytes <= MAX_PRIVATE_TOPIC_BYTES;
}

function checkSizes(fields: BoundOfferFields): void {
  const { suite, publisherKey, ephemeral, nonce, publisherNode, routeNode, routeId } = fields;
  if (!Number.isInteger(suite) || suite < 0 || suite > 0xff) throw invalidArgument('suite', 'a u8');
  if (publisherKey.length !== KEY_BYTES) throw invalidArgument('publisherKey', '64 bytes');
  if (ephemeral.length !== EPHEMERAL_BYTES) throw invalidArgument('ephemeral', '32 bytes');
  if (nonce.length !== NONCE_BYTES) throw invalidArgument('nonce', '32 bytes');
  if (!isHex(publisherNode, NODE_BYTES)) throw invalidArgument('publisherNode', '128 hex digits');
  if (!isHex(routeNode, NODE_BYTES)) throw invalidArgument('routeNode', '128 hex digits');
  if (!isHex(routeId, ROUTE_ID_BYTES)) throw invalidArgument('routeId', '32 hex digits');
  if (!isSafeU64(fields.issuedMs)) throw invalidArgument('issuedMs', 'an integer from 0');
  if (!isSafeU64(fields.expiresMs)) throw invalidArgument('expiresMs', 'an integer from 0');
}
