/** What a child process tells the demo. */
export type ChildMessage =
  /** Something a reader of the terminal should see; `at` in ms since 1970, for the order of lines. */
  | { readonly kind: 'line'; readonly text: string; readonly at: number }
  /** Connected and subscribed. */
  | { readonly kind: 'ready' }
  /** The opening scene is over. */
  | { readonly kind: 'opened' };

/** What the demo tells a child process. */
export interface StartMessage {
  readonly kind: 'start';
}

/** Narrows what came over the channel from a child. */
export function isChildMessage(value: unknown): value is ChildMessage {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind === 'ready' || value.kind === 'opened') return true;
  return value.kind === 'line' && 'text' in value && 'at' in value;
}

/** Narrows what came over the channel from the demo. */
export function isStartMessage(value: unknown): value is StartMessage {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'start';
}

/** Milliseconds since 1970 with fractions, comparable between the processes of one machine. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
