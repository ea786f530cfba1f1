// The judge alone, for histories that did not happen in a simulation.
export type { HistoryEvent, Told } from '../history/history-event.ts';
export {
  encodeAnswerText,
  encodeMessageText,
  readAnswerText,
  readMessageText,
} from '../history/message-text.ts';
export { Judge, type JudgeOptions } from './judge.ts';
export { RULES, type Rule, type Violation } from './violation.ts';
