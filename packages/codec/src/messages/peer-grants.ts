import { z } from 'zod';
import { isU32 } from '../bytes/big-endian.ts';
import { encodeJson, parseJson, TOPIC_LIST_JSON } from '../bytes/json.ts';
import { parseChallengeRoute } from '../private-topic.ts';
import type { TopicName } from '../topic-name.ts';

/**
 * A publisher, as its node numbers it (u32), and the challenge route whose owner has proved a key
 * to it.
 */
export type PeerGrant = readonly [publisher: number, route: TopicName];

/** Payload of `P2pPacket.grants` between nodes of ours: who may receive what on private topics. */
export interface PeerGrants {
  /** Everything granted before on any connection of the two nodes is forgotten first. */
  readonly fresh: boolean;
  /**
   * Said by the publisher's node when it asks the publisher: a later grant counts for who owns the
   * route now, and for nobody else.
   */
  readonly asked: readonly PeerGrant[];
  /** Said by the publisher's node. */
  readonly granted: readonly PeerGrant[];
  /** Said by the publisher's node. */
  readonly withdrawn: readonly PeerGrant[];
  /** Said by the subscriber's node: nobody there receives by these grants any more. */
  readonly void: readonly PeerGrant[];
}

/** What came from a peer. */
export interface ParsedPeerGrants extends PeerGrants {
  /** Entries left out: no number, or no challenge route. */
  readonly rejected: number;
}

/** Says nothing; to be spread into what says something. */
export const NO_GRANTS: PeerGrants = {
  fresh: false,
  asked: [],
  granted: [],
  withdrawn: [],
  void: [],
};

/** Grants of one frame at most, so that a receiver's limits hold for any names. */
export const MAX_GRANTS_PER_FRAME = 4_096;

const list = z.custom<unknown[]>(Array.isArray);
const schema = z.object({
  fresh: z.boolean(),
  asked: list,
  granted: list,
  withdrawn: list,
  void: list,
});

/** The grants in a p2p payload; undefined if it is none: to be ignored and counted. */
export function parsePeerGrants(payload: Uint8Array): ParsedPeerGrants | undefined {
  const parsed = schema.safeParse(parseJson(payload, TOPIC_LIST_JSON)).data;
  if (parsed === undefined) return undefined;
  const lists = [parsed.asked, parsed.granted, parsed.withdrawn, parsed.void];
  if (lists.some(({ length }) => length > MAX_GRANTS_PER_FRAME)) return undefined;
  const asked = parsed.asked.filter(isGrant);
  const granted = parsed.granted.filter(isGrant);
  const withdrawn = parsed.withdrawn.filter(isGrant);
  const voided = parsed.void.filter(isGrant);
  const taken = asked.length + granted.length + withdrawn.length + voided.length;
  const rejected = lists.reduce((sum, { length }) => sum + length, 0) - taken;
  return { fresh: parsed.fresh, asked, granted, withdrawn, void: voided, rejected };
}

/** The payload of a grants frame. */
export function encodePeerGrants(grants: PeerGrants): Uint8Array {
  const { asked, fresh, granted, withdrawn } = grants;
  return encodeJson({ fresh, asked, granted, withdrawn, void: grants.void });
}

function isGrant(entry: unknown): entry is PeerGrant {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  const [publisher, route] = entry as unknown[];
  return (
    typeof publisher === 'number' &&
    isU32(publisher) &&
    typeof route === 'string' &&
    parseChallengeRoute(route) !== undefined
  );
}
