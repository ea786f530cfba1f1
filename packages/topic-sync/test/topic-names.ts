import { parseTopicName, type TopicName } from '@amop/codec';

/** Checked names from plain ones. */
export function names(...texts: string[]): TopicName[] {
  return texts.map((text) => parseTopicName(text));
}

/** One checked name. */
export function name(text: string): TopicName {
  return parseTopicName(text);
}

/** A list payload as a peer may send it: nothing is checked or sorted. */
export function listPayload(sequence: number | string, ...topics: string[]): Uint8Array {
  return new TextEncoder().encode([String(sequence), ...topics].join('\t'));
}

/** The text of a payload. */
export function text(payload: Uint8Array): string {
  return new TextDecoder().decode(payload);
}
