import type { CallOptions } from '../options/call-options.ts';
import type { PrivateSubscribeOptions } from '../private/subscriber/private-keys.ts';

/**
 * What a file is sent from: a path, a `Blob` (also a `File`), or anything that gives bytes one piece
 * after the other, as streams of Node and of the Web do.
 */
export type FileSource = string | Blob | AsyncIterable<Uint8Array>;

/** Whom a file is for: the one receiver that takes it first, or everybody who wants it. */
export type FileAudience = 'one' | 'all';

/** How it ended with one receiver. */
export interface FileOutcome {
  /** 32 hex digits that the receiver chose for this transfer. */
  readonly receiver: string;
  /** On a private topic: the public key that the receiver has proved, 128 hex digits. */
  readonly key?: string;
  /**
   * `done`: it has the whole file, verified and in its place. `failed`: it could not go on, see
   * `reason`. `refused`: it did not want it. `stalled`: it was not heard of for `stallMs`.
   * `revoked`: its key was revoked while it received.
   */
  readonly outcome: 'done' | 'failed' | 'refused' | 'stalled' | 'revoked';
  /** A kebab-case word: docs/files.md, "Reasons". */
  readonly reason?: string;
  /** Bytes that it has got. */
  readonly bytes: number;
}

/** How far a file that is sent has got. */
export interface SendProgress {
  /**
   * `spooling`: a stream is written to disk. `hashing`: the file is read once. `offering`: nobody has
   * taken it yet. `sending`. `waiting`: nobody has asked for anything for two seconds.
   */
  readonly phase: 'spooling' | 'hashing' | 'offering' | 'sending' | 'waiting';
  readonly name: string;
  /** Of the file; undefined while a stream is spooled. */
  readonly size: number | undefined;
  /** Bytes of this phase that are done; while sending, over all receivers. */
  readonly bytes: number;
  /** Bytes that this phase has; 0 while that is not known. */
  readonly totalBytes: number;
  /** Those that have taken the file. */
  readonly receivers: readonly {
    readonly receiver: string;
    readonly key?: string;
    readonly bytes: number;
    readonly outcome?: FileOutcome['outcome'];
  }[];
}

/** Options of `sendFile`. */
export interface SendFileOptions {
  /** Default `one`. */
  readonly to?: FileAudience;
  /** What receivers are told; they make a name of their own of it. Default: that of the path or `File`. */
  readonly name?: string;
  /**
   * Time for receivers to take it, in ms. With `one` the offer is repeated so long; with `all` who
   * comes later gets nothing. Default 30 000 for `one`, 10 000 for `all`.
   */
  readonly joinMs?: number;
  /** A receiver that asks for nothing for so long is given up, in ms. Default 300 000. */
  readonly stallMs?: number;
  /**
   * Where it is kept what has to survive this process, for paths alone. Default
   * `$XDG_STATE_HOME/amop/files`, `~/.local/state/amop/files` where that is not set.
   */
  readonly stateDirectory?: string;
  /** Forgets what is left of an earlier attempt, so that another receiver may take it. Default false. */
  readonly restart?: boolean;
  /** Bytes of a chunk, 1 024 to 8 388 608. Default: 512 KiB, more above 128 GiB. */
  readonly chunkBytes?: number;
  /** Sends it as one message in the form of the Java demo; for that, it has to fit into one. Default false. */
  readonly single?: boolean;
  /** Called ten times a second at most, and at the end of each phase. */
  readonly onProgress?: (progress: SendProgress) => void;
  /** Ends it with `AMOP_CLIENT_ABORTED`; what is needed to go on stays. */
  readonly signal?: AbortSignal;
}

/** A file that was sent. */
export interface SentFile {
  /** 32 hex digits; undefined for a single message. */
  readonly transfer: string | undefined;
  readonly name: string;
  readonly size: number;
  /** The root of the Merkle tree over its chunks, 64 hex digits: docs/files.md, "Hash". */
  readonly hash: string;
  /** One for each receiver that took or refused it; the only one is `done` with `to: 'one'`. */
  readonly receivers: readonly FileOutcome[];
}

/** A file that somebody would like to send. */
export interface FileOffer {
  /** 32 hex digits; of a single message, its seq. */
  readonly transfer: string;
  readonly topic: string;
  /** A name that is safe to use in the folder: no separator, no control character, not hidden. */
  readonly name: string;
  /** As the sender wrote it, and as hostile as that. */
  readonly offeredName: string;
  readonly size: number;
  /** 64 hex digits; undefined for a single message. */
  readonly hash: string | undefined;
  readonly to: FileAudience;
  /** On a private topic, the key of the sender (128 hex digits) or `'unverified'`. */
  readonly sender: string | undefined;
}

/** What happens to files that are received. */
export type FileEvent =
  /** Not taken, or not any more. `reason`: docs/files.md, "Reasons". */
  | { readonly kind: 'refused'; readonly offer: FileOffer; readonly reason: string }
  /** Begun, or gone on with: `bytes` of it are there already. `path`: where it will be. */
  | {
      readonly kind: 'started';
      readonly offer: FileOffer;
      readonly path: string;
      readonly bytes: number;
    }
  /** Ten times a second at most. */
  | { readonly kind: 'progress'; readonly offer: FileOffer; readonly bytes: number }
  /** The sender cannot be reached; it is tried again. */
  | { readonly kind: 'waiting'; readonly offer: FileOffer; readonly reason: string }
  /** Whole, verified and in its place. */
  | { readonly kind: 'done'; readonly offer: FileOffer; readonly path: string }
  /** Ended without the file. What is there stays, where trying again may help. */
  | { readonly kind: 'failed'; readonly offer: FileOffer; readonly reason: string };

/** Says whether an offer is taken, and under which name where not under `offer.name`. */
export type AcceptFile = (
  offer: FileOffer,
) => boolean | { readonly name: string } | Promise<boolean | { readonly name: string }>;

/** Options of `receiveFiles`. */
export interface ReceiveFilesOptions extends CallOptions, Partial<PrivateSubscribeOptions> {
  /** Where files go; it is made if it is not there. One receiver at a time has it. */
  readonly directory: string;
  /** Default: everything within the limits. */
  readonly accept?: AcceptFile;
  /** Largest file. Default 16 GiB. */
  readonly maxBytes?: number;
  /** Bytes of all files in the folder, those under way included. Default 64 GiB. */
  readonly quotaBytes?: number;
  /** Files in the folder, those under way included. Default 100 000. */
  readonly maxFiles?: number;
  /** Files that are received at one time; more are asked to come back later. Default 8. */
  readonly maxTransfers?: number;
  /** How long what is left of an unfinished file is kept without news, in ms. Default 7 days. */
  readonly keepMs?: number;
  readonly onEvent?: (event: FileEvent) => void;
}
