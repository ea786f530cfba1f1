import { LatencyHistogram } from './latency-histogram.ts';

/** Requests of one kind of sender. Everything received has one outcome or is pending. */
export interface RequestCounters {
  received: number;
  /** Bytes of their frames. */
  receivedBytes: number;
  /** Answered by a subscriber with result 0. */
  answered: number;
  /** Answered by a subscriber with another result: its handler failed. */
  answeredWithError: number;
  /** Bytes of the frames of both kinds of answers. */
  answeredBytes: number;
  /** The sender was gone before there was an outcome. */
  abandoned: number;
  /** Ended by this node with each code. */
  failed100: number;
  failed103: number;
  failed104: number;
}

/** Multicasts of one kind of sender. */
export interface MulticastCounters {
  received: number;
  /** Bytes of their frames. */
  receivedBytes: number;
  /** Copies of one that had come in through another session. */
  duplicates: number;
  /** Queued for so many applications of this node. */
  toApplications: number;
  /** Queued for so many other nodes. */
  toPeers: number;
}

/** What happened to proofs on private topics. */
export interface PrivateTopicCounters {
  /** 0x37 sent to publishers. */
  asked: number;
  /** Proofs that a publisher took and did not have before. */
  proven: number;
  /** 0x38 that said no. */
  refused: number;
  /** 0x37 for which no acknowledgement or no 0x38 came in time. */
  unanswered: number;
  /** 0x38 that count for nothing: not asked, not in time, not about what was asked (D-02). */
  statusIgnored: number;
  /** Proofs that ended: by time, by their publisher, or with their route. */
  withdrawn: number;
  /** Grants that ended on the side of the subscriber. */
  voided: number;
  /** Routes, pairs of publisher and route, and grants beyond the limits. */
  overLimit: number;
}

/** What the router counted since it was made; plain numbers, read at any time. */
export interface RouterCounters {
  /** By who asked: an application of this node, or another node for one of its own. */
  readonly requests: Readonly<Record<OriginKind, RequestCounters>>;
  readonly multicasts: Readonly<Record<OriginKind, MulticastCounters>>;
  /** Attempts that were given to applications of this node, and to other nodes. */
  attemptsAtApplications: number;
  attemptsAtPeers: number;
  /** Attempts after the first one. */
  retries: number;
  /** 0x31 frames and p2p responses that no pending request waited for (D-30). */
  unexpectedAnswers: number;
  /** Pushes under a seq of our own, as the sender's was already pending there (D-30). */
  renamedSeqs: number;
  readonly privateTopics: PrivateTopicCounters;
  /** Time until an answer, by hop. */
  readonly latency: {
    /** From an application's request until its outcome, of whatever kind. */
    readonly request: LatencyHistogram;
    /** From giving a request to an application of this node until its answer. */
    readonly application: LatencyHistogram;
    /** From giving a request to another node until its answer. */
    readonly peer: LatencyHistogram;
  };
}

/** Who a message comes from, as the counters tell them apart. */
export type OriginKind = 'application' | 'peer';

/** Counters at zero. */
export function createRouterCounters(): RouterCounters {
  return {
    requests: { application: requestCounters(), peer: requestCounters() },
    multicasts: { application: multicastCounters(), peer: multicastCounters() },
    attemptsAtApplications: 0,
    attemptsAtPeers: 0,
    retries: 0,
    unexpectedAnswers: 0,
    renamedSeqs: 0,
    privateTopics: privateTopicCounters(),
    latency: {
      request: new LatencyHistogram(),
      application: new LatencyHistogram(),
      peer: new LatencyHistogram(),
    },
  };
}

function privateTopicCounters(): PrivateTopicCounters {
  return {
    asked: 0,
    proven: 0,
    refused: 0,
    unanswered: 0,
    statusIgnored: 0,
    withdrawn: 0,
    voided: 0,
    overLimit: 0,
  };
}

function requestCounters(): RequestCounters {
  return {
    received: 0,
    receivedBytes: 0,
    answered: 0,
    answeredWithError: 0,
    answeredBytes: 0,
    abandoned: 0,
    failed100: 0,
    failed103: 0,
    failed104: 0,
  };
}

function multicastCounters(): MulticastCounters {
  return { received: 0, receivedBytes: 0, duplicates: 0, toApplications: 0, toPeers: 0 };
}
