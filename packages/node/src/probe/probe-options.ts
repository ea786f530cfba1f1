import type { Clock, Transport } from '@amop/ports';
import type { HostPort } from '../config/node-config.ts';

/** How a port of a node is tried. */
export interface ProbeOptions {
  readonly at: HostPort;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Ends the wait for a connection; its error is thrown. */
  readonly signal?: AbortSignal;
  /** For name look-up, TCP and TLS together, in ms. Default 5 000. */
  readonly timeoutMs?: number;
  /** For the first frame, in ms. Default 1 500. */
  readonly frameMs?: number;
}

/** Default of {@link ProbeOptions.timeoutMs}. */
export const PROBE_TIMEOUT_MS = 5_000;
/** Default of {@link ProbeOptions.frameMs}: ours and originals send their first frame at once (spec 12.4). */
export const PROBE_FRAME_MS = 1_500;
