/** A topic that files are sent on. */
export interface FileTopicPlan {
  readonly name: string;
  readonly isPrivate: boolean;
}

/** How an {@link IntruderPlan} goes about it. */
export type IntruderManner = 'answers' | 'silent' | 'replays' | 'rubbish';

/**
 * A session on a node of ours that means no good to the transfers of others, until the last fault ends.
 *
 * `answers` and `silent` subscribe every inbox that they see, and answer with rubbish or not at all; `replays` sends
 * recorded frames again, some with a changed bit; `rubbish` sends what looks like frames to inboxes.
 */
export interface IntruderPlan {
  readonly name: string;
  readonly node: string;
  readonly manner: IntruderManner;
}

/** What an application says to offers: `decides` takes seconds for it, `renames` gives another name. */
export type ReceiverManner = 'takes' | 'refuses' | 'decides' | 'renames';

/** How a source is changed while it is sent; with `same` its bytes are not, only its times. */
export type SourceChange = 'other' | 'shorter' | 'longer' | 'same';

interface OfTopic {
  readonly client: string;
  readonly topic: string;
}

/** Something that an application does with files. */
export type FileStep = OfTopic &
  (
    | {
        readonly kind: 'file-send';
        /** Names it in the whole run. */
        readonly file: string;
        readonly to: 'one' | 'all';
        readonly bytes: number;
        readonly chunkBytes: number;
        readonly joinMs: number;
        readonly stallMs: number;
      }
    | {
        readonly kind: 'file-receive';
        readonly manner: ReceiverManner;
        readonly maxTransfers: number;
        /** A file lies there already that has the name of this one, which will be sent. */
        readonly laid: string | undefined;
      }
    /** The receiver ends until its process begins anew, or the calm does. */
    | { readonly kind: 'file-unreceive' }
    /** The call is aborted; later the file is sent again. */
    | { readonly kind: 'file-abort'; readonly file: string }
    /** As that, but the next call forgets what is left of this one. */
    | { readonly kind: 'file-anew'; readonly file: string }
    | { readonly kind: 'file-change'; readonly file: string; readonly change: SourceChange }
    | { readonly kind: 'file-revoke' | 'file-allow'; readonly key: number }
  );

/**
 * What happens in the middle of the work of a client with its disk. `power`: its machine loses what was not synced;
 * `node`: its node is killed; the others as the faults, steps and acts of these names.
 */
export type StrikeManner =
  | 'crash'
  | 'power'
  | 'restart'
  | 'freeze'
  | 'node'
  | 'reset'
  | 'part'
  | 'full'
  | 'fails'
  | 'change'
  | 'abort'
  | 'revoke';

/** Whether a step is one about files. */
export function isFileStep<Step extends { readonly kind: string }>(
  step: Step,
): step is Extract<Step, FileStep> {
  return step.kind.startsWith('file-');
}
