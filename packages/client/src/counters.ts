/** What a client has done since it was made: plain numbers that only grow. */
export class ClientCounters {
  /** Links that became usable, and usable links that broke. */
  connects = 0;
  disconnects = 0;
  /** Dials or handshakes that came to nothing. */
  connectFailures = 0;
  bytesReceived = 0;
  bytesSent = 0;
  /** Calls of `request`, and how they ended. */
  requests = 0;
  replies = 0;
  requestErrors = 0;
  /** Requests or publishes that were sent again, over another link, because nothing had arrived. */
  failovers = 0;
  /** Answers that came after their request had ended, or that fit no request of that link. */
  unexpectedAnswers = 0;
  /** Calls of `publish`, and how they ended. */
  publishes = 0;
  publishAcks = 0;
  publishErrors = 0;
  /** Proofs of subscribers of private topics that this client asked for: that held, all others. */
  proofs = 0;
  proofFailures = 0;
  /** Messages handed to subscriptions, by kind. */
  requestsReceived = 0;
  multicastsReceived = 0;
  /** Multicasts dropped because a copy came in through another link. */
  duplicates = 0;
  /** Messages for a topic without a subscription; requests among them were answered with 104. */
  unclaimed = 0;
  /** Answers sent; failures among them; answers whose link was gone. */
  answers = 0;
  failedAnswers = 0;
  lostAnswers = 0;
  /**
   * Private topics, as subscriber: challenges of original publishers that were signed; proofs given
   * to publishers of ours; whatever else came on a route and got no proof.
   */
  challengesSigned = 0;
  proofsGiven = 0;
  proofsRefused = 0;
  /** Sealed messages dropped: repeated, late, changed, for another route, with keys that are gone. */
  sealedRejected = 0;
  /** Messages in the clear dropped, for the subscriber has named its publishers. */
  unsealedRejected = 0;
  /** Files sent to all their receivers, and received whole. */
  filesSent = 0;
  filesReceived = 0;
  /** Chunks of files that were answered with, and their bytes; the same one to two receivers counts twice. */
  fileChunksSent = 0;
  fileBytesSent = 0;
  /** Chunks that came and had their hash. */
  fileChunksReceived = 0;
  /** What came for a transfer and was not sealed for it, or had another hash. */
  fileFramesRejected = 0;
  /** Frames of a type that means nothing to a client, and bodies that could not be read. */
  ignoredFrames = 0;
  malformedFrames = 0;
  /** Times that reading stopped because the application had not taken enough. */
  pauses = 0;
}

/** What a client holds at one moment. */
interface ClientGauges {
  /** Requests, publishes and queries without an outcome. */
  readonly pendingCalls: number;
  /** Bytes of messages that the application has not taken. */
  readonly queuedBytes: number;
  readonly subscribedTopics: number;
  readonly connectedNodes: number;
}

/** A copy of every counter and gauge, by name. */
export type CounterSnapshot = Readonly<Record<keyof ClientCounters | keyof ClientGauges, number>>;
