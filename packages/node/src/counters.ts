import type { CutReason } from './flow/sink.ts';

/** Why a message is not routed: it cannot be read (105), 121, 103, 103. */
export type MessageRefusal = 'malformed' | 'not-permitted' | 'over-bandwidth' | 'stopping';

/** What a node counted since its start; plain numbers, read at any time. */
export interface NodeCounters {
  sessionsAccepted: number;
  peersAccepted: number;
  framesIn: number;
  framesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Frames of a type that this node does not know or does not take in that direction. */
  framesIgnored: number;
  /** AMOP bodies, subscriptions or handshakes that could not be read. */
  framesMalformed: number;
  /** Topics of 0x32 that were not taken. */
  topicsRefused: number;
  /** Messages and topics refused since the application has no right to them. */
  notPermitted: number;
  /** Messages of applications refused with 103: the outgoing bandwidth was used up. */
  overBandwidth: number;
  /** P2P frames of protocols that are none of ours. */
  foreignProtocols: number;
  /** Messages of applications that were answered with a code before they were routed. */
  readonly messageRefusals: Record<MessageRefusal, number>;
  /** Connections that were cut, by reason. */
  readonly cuts: Record<CutReason, number>;
}

/** Counters at zero. */
export function createNodeCounters(): NodeCounters {
  return {
    sessionsAccepted: 0,
    peersAccepted: 0,
    framesIn: 0,
    framesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    framesIgnored: 0,
    framesMalformed: 0,
    topicsRefused: 0,
    notPermitted: 0,
    overBandwidth: 0,
    foreignProtocols: 0,
    messageRefusals: { malformed: 0, 'not-permitted': 0, 'over-bandwidth': 0, stopping: 0 },
    cuts: {
      'slow-consumer': 0,
      malformed: 0,
      idle: 0,
      'frame-timeout': 0,
      'twelve-byte-header': 0,
      'handshake-range': 0,
      'too-many-malformed': 0,
    },
  };
}
