/** What must hold, and in a few words what it means. */
export const RULES = {
  'one-outcome': 'each request and each publish ends exactly once',
  books: 'each request that a node took has one outcome, or waits',
  deadline: 'each ends by its deadline',
  'never-ended': 'each ends',
  'unearned-success': 'no request succeeds without a handler that answered just it',
  'ran-twice': 'a handler runs once per request, unless the sender was told otherwise',
  'ran-though-no': 'no handler runs for a request whose sender was told that nobody saw it',
  'unseen-though-yes': 'a sender who was told that somebody saw his request has a handler that ran',
  'not-subscribed': 'nobody receives what he did not subscribe',
  forbidden: 'nobody sends or receives what he is not allowed to',
  'not-proven': 'what is sent on a private topic reaches only who has proved a key that is allowed',
  'in-the-clear': 'nothing that is sealed can be read on any connection',
  'twice-received': 'a multicast reaches each session at most once',
  'file-whole': 'what has its name in a folder is a file that was sent, byte for byte',
  'file-kept': 'no file that lies in a folder is overwritten or removed',
  'file-unearned': 'nobody is told that a file has arrived unless it is in its place',
  'file-false-end': 'nobody is told that a receiver has failed unless it has',
  'file-two-takers': 'a file to one reaches one at most',
  'file-revoked': 'a key that is revoked gets no further chunk',
  'file-twice-sent': 'no more is sent twice than interruptions explain',
  'file-unfinished': 'after the last fault every transfer comes to its end',
  strange: 'what arrives is what was sent, whole and on its topic',
  'should-succeed': 'without a fault, a request to a willing subscriber is answered',
  'should-reach': 'without a fault, a multicast reaches every subscriber',
  unfair: 'every subscriber has its share of the requests',
  'not-converged': 'views converge after the last fault',
  'lost-link': 'no connection ends without a cause',
  'over-limit': 'queues and tables stay under their limits',
  'left-over': 'at the end all timers and entries are gone',
  'no-answer': 'each request frame of an original SDK gets exactly one answer frame',
  crash: 'nothing throws where nobody catches it',
  endless: 'it comes to rest',
} as const;

/** Name of a rule. */
export type Rule = keyof typeof RULES;

/** Something that must not be. */
export interface Violation {
  readonly rule: Rule;
  /** Milliseconds on the clock of the history. */
  readonly atMs: number;
  /** What was found, with names and numbers. */
  readonly text: string;
  /** Id of the message concerned. */
  readonly message?: string;
}
