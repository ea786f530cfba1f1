const MIB = 1024 * 1024;

/** Bounds of a node: every queue, table and wait has one. */
export interface NodeLimits {
  /** Sessions on the channel port. Default 10 000. */
  readonly maxSessions: number;
  /** Connected peers. Default 100, as in the original. */
  readonly maxPeers: number;
  /** Topics of one session. Default 100 000. */
  readonly maxTopicsPerSession: number;
  /** Topics of this node, and topics taken from one peer. Default 1 000 000. */
  readonly maxTopics: number;
  /** Largest AMOP frame taken from a session, in bytes. Default 99 MiB: the p2p limit must hold after its header (D-41). */
  readonly maxMessageBytes: number;
  /** Bytes queued for one connection from which its senders are paused. Default 1 MiB. */
  readonly highWaterBytes: number;
  /** Bytes queued for one connection at which paused senders go on. Default 256 KiB. */
  readonly lowWaterBytes: number;
  /**
   * Bytes queued for one connection above which a further frame cuts it as a slow consumer, if it has
   * taken nothing for `unresponsiveMs`. Default 16 MiB.
   */
  readonly cutBytes: number;
  /** Time without a completed write after which a connection above `cutBytes` is cut, in ms. Default 1 000. */
  readonly unresponsiveMs: number;
  /** Bytes queued for one connection above which it is cut at any pace. Default 128 MiB. */
  readonly maxQueueBytes: number;
  /** Bytes queued for all connections together that have taken nothing for `unresponsiveMs`. Default 256 MiB. */
  readonly maxSilentQueueBytes: number;
  /** Longest time one slow connection holds up its senders before they go on without it, in ms. Default 250. */
  readonly pauseMs: number;
  /** Time a connection above its high-water mark may take nothing before it is cut, in ms. Default 30 000. */
  readonly stalledMs: number;
  /** Bytes that all connections together may hold for frames not yet complete. Default 256 MiB. */
  readonly reassemblyBytes: number;
  /** Time from the first to the last byte of a frame, in ms. Default 60 000. */
  readonly frameTimeoutMs: number;
  /** Session without a byte in either direction, in ms. Default 60 000, as in the original. */
  readonly sessionIdleMs: number;
  /** Peer without an inbound byte, in ms; heartbeats come every 5 s. Default 20 000. */
  readonly peerSilenceMs: number;
  /** Malformed frames of one session after which it is closed. Default 1 000. */
  readonly maxMalformedFrames: number;
  /** TLS handshakes that have not finished, per port. Default 1 024. */
  readonly maxHandshakes: number;
  /** Time for a TLS handshake, in ms. Default 10 000. */
  readonly handshakeTimeoutMs: number;
}

/** The defaults of {@link NodeLimits}. */
export const DEFAULT_NODE_LIMITS: NodeLimits = {
  maxSessions: 10_000,
  maxPeers: 100,
  maxTopicsPerSession: 100_000,
  maxTopics: 1_000_000,
  maxMessageBytes: 99 * MIB,
  highWaterBytes: MIB,
  lowWaterBytes: MIB / 4,
  cutBytes: 16 * MIB,
  unresponsiveMs: 1_000,
  maxQueueBytes: 128 * MIB,
  maxSilentQueueBytes: 256 * MIB,
  pauseMs: 250,
  stalledMs: 30_000,
  reassemblyBytes: 256 * MIB,
  frameTimeoutMs: 60_000,
  sessionIdleMs: 60_000,
  peerSilenceMs: 20_000,
  maxMalformedFrames: 1_000,
  maxHandshakes: 1_024,
  handshakeTimeoutMs: 10_000,
};
