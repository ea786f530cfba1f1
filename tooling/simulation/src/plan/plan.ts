import type {
  FileStep,
  FileTopicPlan,
  IntruderPlan,
  SourceChange,
  StrikeManner,
} from './file-plan.ts';
import type { SdkSecretPlan, SecretStep, SpyPlan } from './secret-plan.ts';

/** How a subscriber of ours treats what it gets. */
export type Behaviour = 'prompt' | 'slow' | 'silent' | 'throws' | 'iterates' | 'declines';

/** A node of ours. */
export interface NodePlan {
  readonly name: string;
  /** Names of the nodes that it dials. */
  readonly dials: readonly string[];
  readonly compress: boolean;
  /** Place of its node ID among all IDs: decides ties between nodes. */
  readonly rank: number;
  /** Small limits for queues, so that slow receivers matter. */
  readonly tight: boolean;
  readonly outgoingBytesPerS: number | undefined;
}

/** An application on our client. */
export interface ClientPlan {
  readonly name: string;
  /** Names of its nodes, preferred first; an original one may be among them. */
  readonly nodes: readonly string[];
  /** Topics that the rules of all nodes forbid it, to send and to subscribe. */
  readonly forbidden: readonly string[];
  /** So little room for messages that wait that it stops reading again and again. */
  readonly tight: boolean;
}

/** An application on an original SDK: no extension, one small space of seqs, 5 s of patience. */
export interface SdkPlan {
  readonly name: string;
  readonly node: string;
  readonly topics: readonly string[];
  readonly behaviour: 'prompt' | 'slow' | 'silent';
  /** Its certificate is the one of this SDK: one application on two nodes. */
  readonly sharesWith: string | undefined;
  /** What it does on a private topic, if anything. */
  readonly secret?: SdkSecretPlan;
}

/** A node in the manner of the original, with applications of its own. */
export interface OriginalPlan {
  readonly name: string;
  readonly dials: readonly string[];
  readonly rank: number;
  readonly topics: readonly string[];
  readonly behaviour: 'prompt' | 'slow' | 'silent';
}

/** How bytes travel. */
export interface WeatherPlan {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly drainDelayMs: number;
  readonly windowBytes: number;
  /** `whole`: as written; `bytes`: pieces of a few bytes; `random`: any split. */
  readonly split: 'whole' | 'bytes' | 'random';
}

interface StepAt {
  /** Stays with the step when others are left out. */
  readonly id: number;
  readonly atMs: number;
}

/** Something that an application does. */
export type ActStep =
  | {
      readonly kind: 'request';
      readonly client: string;
      readonly topic: string;
      readonly bytes: number;
      readonly timeoutMs: number;
      readonly abortAfterMs: number | undefined;
    }
  | {
      readonly kind: 'publish';
      readonly client: string;
      readonly topic: string;
      readonly bytes: number;
    }
  | {
      readonly kind: 'burst';
      /** On all topics of the plan in turn instead of the one. */
      readonly isMixed: boolean;
      readonly bytes: number;
      readonly client: string;
      readonly topic: string;
      readonly count: number;
      readonly form: 'request' | 'publish';
    }
  | {
      readonly kind: 'subscribe';
      readonly client: string;
      readonly topic: string;
      readonly behaviour: Behaviour;
    }
  | { readonly kind: 'unsubscribe'; readonly client: string; readonly topic: string };

/** Something that goes wrong, for a time. */
export type FaultStep =
  | { readonly kind: 'reset'; readonly between: readonly [string, string] }
  | { readonly kind: 'cut'; readonly from: string; readonly to: string; readonly forMs: number }
  | { readonly kind: 'part'; readonly between: readonly [string, string]; readonly forMs: number }
  | { readonly kind: 'freeze'; readonly who: string; readonly forMs: number }
  | {
      readonly kind: 'crash';
      readonly who: string;
      readonly forMs: number;
      readonly silent: boolean;
    }
  | { readonly kind: 'restart'; readonly who: string; readonly forMs: number }
  | { readonly kind: 'clock'; readonly who: string; readonly byMs: number }
  | { readonly kind: 'slow'; readonly factor: number; readonly forMs: number }
  | { readonly kind: 'reload'; readonly who: string }
  | {
      /** After so many operations of a client on its disk, for a time. */
      readonly kind: 'strike';
      readonly who: string;
      readonly manner: StrikeManner;
      readonly afterOperations: number;
      /** What it sends; undefined for a receiver. */
      readonly file: string | undefined;
      readonly change: SourceChange;
      readonly forMs: number;
    }
  | {
      readonly kind: 'hostile';
      readonly at: string;
      readonly port: 'channel' | 'p2p';
      readonly manner: HostileManner;
      readonly seed: number;
    };

/** What a hostile party does. */
export type HostileManner = 'garbage' | 'mutated' | 'half-frame' | 'liar' | 'deaf' | 'flood';

/** One step of a plan. */
export type Step = StepAt & (ActStep | SecretStep | FileStep | FaultStep);

/** All that is to happen in one run; follows from the seed, less what was left out. */
export interface Plan {
  readonly seed: number;
  readonly topics: readonly string[];
  /** Private topics, without prefix; in most runs there are none. */
  readonly secrets: readonly string[];
  readonly spies: readonly SpyPlan[];
  /** Topics for files; in most runs there are none. */
  readonly fileTopics: readonly FileTopicPlan[];
  readonly intruders: readonly IntruderPlan[];
  readonly nodes: readonly NodePlan[];
  readonly originals: readonly OriginalPlan[];
  readonly clients: readonly ClientPlan[];
  readonly sdks: readonly SdkPlan[];
  readonly weather: WeatherPlan;
  readonly steps: readonly Step[];
  /** Time of steps; then all faults end. */
  readonly lengthMs: number;
  /** Time after the last fault in which nobody sends anything, in ms. */
  readonly quietMs: number;
  /** Who ends first at the end. */
  readonly firstToEnd: 'clients' | 'nodes';
}
