import type { TopicName } from '@amop/codec';

/**
 * A topic and the number of its sessions, 0 = the topic is gone. Names from a peer are plain text
 * until they were checked, hence the parameter.
 */
export type TopicSessions<Name extends string = TopicName> = readonly [
  topic: Name,
  sessions: number,
];

/**
 * Something that happened on one p2p session, or to the own table.
 *
 * - `open`: the session is up. First event, once.
 * - `tick`: time has passed; due no later than `PeerSync.nextTickMs`.
 * - `sequence`: topic heartbeat (2/1) with a readable number.
 * - `list-request`: 2/2, to be answered under `p2pSeq`.
 * - `list-requested`: the caller sent what `send-list-request` asked for, under `p2pSeq`.
 * - `list`: -2/3. `payload` is decompressed and only read within the call.
 * - `hello`: abilities of a peer of ours (0x5453/1).
 * - `counts`: topics with session counts (0x5453/2); `base` null = everything, else what changed
 *   since sequence `base`.
 * - `announce`: the own table changed; `changes` is what `TopicTable.takeChanges` gave.
 *
 * Source: spec 12.1, 13; extension `counts`.
 */
export type SyncEvent =
  | { readonly kind: 'open' }
  | { readonly kind: 'tick' }
  | { readonly kind: 'sequence'; readonly sequence: number }
  | { readonly kind: 'list-request'; readonly p2pSeq: number }
  | { readonly kind: 'list-requested'; readonly p2pSeq: number }
  | { readonly kind: 'list'; readonly p2pSeq: number; readonly payload: Uint8Array }
  | { readonly kind: 'hello'; readonly have: readonly string[] }
  | {
      readonly kind: 'counts';
      readonly base: number | null;
      readonly sequence: number;
      readonly topics: readonly TopicSessions<string>[];
    }
  | { readonly kind: 'announce'; readonly changes: ReadonlyMap<TopicName, number> };

/**
 * Why a `log` action was made; also the name of its counter.
 *
 * - `listTimedOut`: no answer to a list request in time; the next heartbeat asks again.
 * - `listNotAsked`: a list under a p2p seq that nobody asked with; ignored.
 * - `listMalformed`: a list without a readable sequence; the old list stays.
 * - `topicsOverLimit`: topics beyond `maxTopics` were left out (counted one by one).
 * - `topicsRejected`: names that no frame can carry, or impossible counts (counted one by one).
 * - `deltaOutOfStep`: a delta for another base; the whole list is asked for.
 * - `countsUnexpected`: counts before a hello that offers them; ignored.
 * - `listRequestsOverLimit`: the peer asks again and again for a list it has; not answered.
 */
export type SyncIncident =
  | 'listTimedOut'
  | 'listNotAsked'
  | 'listMalformed'
  | 'topicsOverLimit'
  | 'topicsRejected'
  | 'deltaOutOfStep'
  | 'countsUnexpected'
  | 'listRequestsOverLimit';

/**
 * What the caller has to do now, in the order of the array.
 *
 * - `send-sequence`: topic heartbeat 2/1 with p2p seq 0.
 * - `send-hello`: 0x5453/1 with the abilities of this node (`counts` among them).
 * - `send-list-request`: 2/2 with a fresh p2p seq, then report that with `list-requested`.
 * - `send-list`: -2/3 under `p2pSeq`. `payload` is shared by all peers: do not write to it.
 * - `send-counts`: 0x5453/2.
 * - `routes`: new weights of topics of this peer, 0 = it listens no more.
 * - `log`: worth a line. Not made for each occurrence: `total` is 1, 2, 4, 8, ... or just passed it.
 */
export type SyncAction =
  | { readonly kind: 'send-sequence'; readonly sequence: number }
  | { readonly kind: 'send-hello' }
  | { readonly kind: 'send-list-request' }
  | { readonly kind: 'send-list'; readonly p2pSeq: number; readonly payload: Uint8Array }
  | {
      readonly kind: 'send-counts';
      readonly base: number | null;
      readonly sequence: number;
      readonly topics: readonly TopicSessions[];
    }
  | { readonly kind: 'routes'; readonly changed: readonly TopicSessions[] }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'warn';
      readonly incident: SyncIncident;
      /** How often it happened on this session, this time included. */
      readonly total: number;
      readonly message: string;
    };
