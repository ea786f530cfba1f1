import { z } from 'zod';
import { isU32 } from '../bytes/big-endian.ts';
import { encodeJson, parseJson, TOPIC_LIST_JSON } from '../bytes/json.ts';
import { isTopicName, type TopicName } from '../topic-name.ts';

/** A topic and how many sessions of the peer subscribe it; 0 means it is gone. */
export type TopicCount = readonly [topic: TopicName, sessions: number];

/** Payload of `P2pPacket.topicCounts` between nodes of ours: a delta or a snapshot. */
export interface PeerTopics {
  /** Sequence that the delta applies to; null for a snapshot of all topics. */
  readonly base: number | null;
  /** Sequence after it, u32. */
  readonly sequence: number;
  readonly topics: readonly TopicCount[];
}

/** What came from a peer. */
export interface ParsedPeerTopics extends PeerTopics {
  /** Entries left out: no `TopicName`, no u32 as count, or above the limit. */
  readonly rejected: number;
}

/** Options of `parsePeerTopics`. */
export interface PeerTopicsOptions {
  /** Topics taken at most, 1000000 unless given; the others are counted as rejected. */
  readonly maxTopics?: number;
}

const u32 = z.int().min(0).max(0xffff_ffff);
const headSchema = z.object({
  base: u32.nullable(),
  seq: u32,
  topics: z.custom<unknown[]>(Array.isArray),
});

/** The counts in a p2p payload; undefined if it is none: to be ignored and counted. */
export function parsePeerTopics(
  payload: Uint8Array,
  options: PeerTopicsOptions = {},
): ParsedPeerTopics | undefined {
  const { maxTopics = 1_000_000 } = options;
  const head = headSchema.safeParse(parseJson(payload, TOPIC_LIST_JSON)).data;
  if (head === undefined) return undefined;
  const topics: TopicCount[] = [];
  for (const entry of head.topics) {
    if (topics.length < maxTopics && isTopicCount(entry)) topics.push(entry);
  }
  const rejected = head.topics.length - topics.length;
  return { base: head.base, sequence: head.seq, topics, rejected };
}

/** The payload of a counts frame. */
export function encodePeerTopics(update: PeerTopics): Uint8Array {
  return encodeJson({ base: update.base, seq: update.sequence, topics: update.topics });
}

function isTopicCount(entry: unknown): entry is TopicCount {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  const [topic, sessions] = entry as unknown[];
  return (
    typeof topic === 'string' &&
    typeof sessions === 'number' &&
    isU32(sessions) &&
    isTopicName(topic)
  );
}
