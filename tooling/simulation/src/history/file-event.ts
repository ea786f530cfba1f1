interface At {
  /** Milliseconds on one clock for the whole history. */
  readonly atMs: number;
  /** Name of the application it happened in. */
  readonly client: string;
}

interface OfCall extends At {
  /** Names a file in the whole history; it may have several versions. */
  readonly file: string;
  /** Names one call of `sendFile`. */
  readonly call: string;
}

/** A source has a content from now on. */
export interface SourceEvent extends At {
  readonly kind: 'file-source';
  readonly file: string;
  /** Names the content. */
  readonly digest: string;
  /** Name of its hash as transfers have it, 64 hex digits. */
  readonly hash: string;
  readonly chunks: number;
}

/** A call of `sendFile`. */
export interface SendingEvent extends OfCall {
  readonly kind: 'file-sending';
  readonly topic: string;
  readonly to: 'one' | 'all';
}

/** It resolved. */
export interface SentEvent extends OfCall {
  readonly kind: 'file-sent';
  readonly transfer: string;
  readonly hash: string;
  readonly outcomes: readonly string[];
}

/** It rejected. */
export interface SendFailedEvent extends OfCall {
  readonly kind: 'file-send-failed';
  readonly code: string;
  readonly reason: string;
}

/** A receiver tells its application something. */
export interface ReceiverEvent extends At {
  readonly kind: 'file-event';
  readonly topic: string;
  readonly what: 'refused' | 'started' | 'waiting' | 'done' | 'failed';
  readonly transfer: string;
  readonly hash: string;
  readonly to: 'one' | 'all';
  readonly reason?: string;
}

/** What a folder of a receiver holds, but for what is not whole: digests by name. */
export interface FolderEvent extends At {
  readonly kind: 'file-folder';
  readonly topic: string;
  readonly files: Readonly<Record<string, string>>;
}

/** A file was laid into a folder by hand. */
interface LaidEvent extends At {
  readonly kind: 'file-laid';
  readonly topic: string;
  readonly name: string;
  readonly digest: string;
}

/** A publisher of a private topic lets the holder of a key receive, or, when that has been done, no longer. */
export interface FileAudienceEvent extends At {
  readonly kind: 'file-allow' | 'file-revoke';
  readonly topic: string;
  readonly holder: string;
}

/** The process is gone: its calls do not end any more. */
interface FilesKilledEvent extends At {
  readonly kind: 'file-killed';
}

/** A chunk was given to the network by its sender. `receiver`: who has asked for it. */
export interface ChunkEvent extends At {
  readonly kind: 'file-chunk';
  readonly transfer: string;
  readonly receiver: string | undefined;
}

/** One thing that happened to files. */
export type FileHistoryEvent =
  | SourceEvent
  | SendingEvent
  | SentEvent
  | SendFailedEvent
  | ReceiverEvent
  | FolderEvent
  | LaidEvent
  | FileAudienceEvent
  | FilesKilledEvent
  | ChunkEvent;
