/** How certain it is that nobody saw a message whose sending failed; as in the client's errors. */
export type Told = 'no' | 'yes' | 'unknown';

interface At {
  /** Milliseconds on one clock for the whole history. */
  readonly atMs: number;
  /** Name of the application it happened in. */
  readonly client: string;
}

interface OfTopic extends At {
  readonly topic: string;
}

interface OfMessage extends At {
  /** Id of the message, see `message-text`. */
  readonly message: string;
}

/** An application begins to want a topic, knows that it has it, or wants it no longer. */
export interface SubscriptionEvent extends OfTopic {
  readonly kind: 'subscribe' | 'subscribed' | 'unsubscribe';
}

/** A publisher of a private topic lets the holders of a key receive, or no longer. */
export interface AudienceEvent extends OfTopic {
  readonly kind: 'allow' | 'revoke';
  /** Applications that hold the key. */
  readonly holders: readonly string[];
}

/** What is known of a message when it is sent. */
interface Sending extends OfMessage {
  readonly topic: string;
  /** The rules of the sender's node do not let it send on the topic. */
  readonly forbidden?: boolean;
  /** Only applications that the sender allows on the topic while it is sent may get it. */
  readonly isSecret?: boolean;
}

/** A call of `request`. */
export interface RequestEvent extends Sending {
  readonly kind: 'request';
  readonly timeoutMs: number;
  /** Nothing is at fault and a willing subscriber stays: it must be answered. */
  readonly mustSucceed?: boolean;
  /** Applications that have the topic and stay, for people. */
  readonly willing?: readonly string[];
  /** Sent by an original SDK, for which nodes try again after a timeout (D-18). */
  readonly repeats?: boolean;
  /** Name of the group whose receivers are compared at {@link FairEvent}. */
  readonly group?: string;
}

/** A call of `publish`. */
export interface PublishEvent extends Sending {
  readonly kind: 'publish';
  /** It goes to several nodes as a message of its own each: who is connected to both gets both. */
  readonly isCopied?: boolean;
  /** By when it must end, where the application says so. */
  readonly timeoutMs?: number;
  /** Nothing is at fault: these applications must get it before the next {@link SettledEvent}. */
  readonly mustReach?: readonly string[];
}

/** A call ended well. `run` names the run of the handler that the answer speaks of; publishes have none. */
export interface SuccessEvent extends OfMessage {
  readonly kind: 'success';
  readonly run?: string;
  /** What the answer of a request holds instead of a run, for people. */
  readonly held?: string;
}

/** A call ended with an error. */
export interface FailureEvent extends OfMessage {
  readonly kind: 'failure';
  readonly code: string;
  readonly told: Told;
}

/** A subscriber was handed a message. */
export interface ReceivedEvent extends OfMessage {
  readonly kind: 'received';
  readonly topic: string;
  readonly form: 'request' | 'multicast';
  /** Name of the run of the handler, unique; of a request only. */
  readonly run?: string;
  /** The subscriber sits behind an original node, which may repeat what it pushes. */
  readonly repeats?: boolean;
}

/** A run of a handler gave its answer. */
interface AnsweredEvent extends At {
  readonly kind: 'answered';
  readonly run: string;
}

/** Something came that is none of the messages of the history. */
interface StrangeEvent extends At {
  readonly kind: 'strange';
  readonly text: string;
}

/** The application was killed: what it waits for does not end any more, and it holds no topic. */
interface KilledEvent extends At {
  readonly kind: 'killed';
}

/** The application got no time for `ms`, up to this moment: its deadlines may be late by that. */
interface StoodStillEvent extends At {
  readonly kind: 'stood-still';
  readonly ms: number;
}

/** The messages of a group went to these, and each must have got some. */
export interface FairEvent {
  readonly kind: 'fair';
  readonly atMs: number;
  readonly group: string;
  readonly among: readonly string[];
  /** Each counts as one subscriber, so the shares must be equal but for chance. */
  readonly areEqual?: boolean;
}

/** All that was sent has had its time: what must reach somebody has. */
interface SettledEvent {
  readonly kind: 'settled';
  readonly atMs: number;
}

/** One thing that happened to an application of a network, JSON-safe. */
export type HistoryEvent =
  | SubscriptionEvent
  | AudienceEvent
  | RequestEvent
  | PublishEvent
  | SuccessEvent
  | FailureEvent
  | ReceivedEvent
  | AnsweredEvent
  | StrangeEvent
  | KilledEvent
  | StoodStillEvent
  | FairEvent
  | SettledEvent;
