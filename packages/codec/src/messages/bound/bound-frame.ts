/** What every frame of the bound proof begins with: 0xa5, `PT`, version 1. */
const MARK: readonly number[] = [0xa5, 0x50, 0x54, 0x01];

/** Bytes of the head of each frame: mark (4) | kind u8. */
export const BOUND_HEAD_BYTES = 5;

/** What a frame between two clients of ours is. docs/private-topics.md, "Frames between our clients". */
export const BoundKind = { offer: 1, proof: 2, refusal: 3, sealed: 4, epoch: 5 } as const;

/** One of the known kinds; a later version may send others, which are nobody's. */
export type BoundKind = (typeof BoundKind)[keyof typeof BoundKind];

/** What a frame is by its head; undefined for any other content and for kinds we do not know. */
export function boundKind(content: Uint8Array): BoundKind | undefined {
  if (content.length < BOUND_HEAD_BYTES) return undefined;
  for (let at = 0; at < MARK.length; at++) if (content[at] !== MARK[at]) return undefined;
  const kind = content[MARK.length] ?? 0;
  // The kinds are the integers from offer to epoch.
  return kind >= BoundKind.offer && kind <= BoundKind.epoch ? (kind as BoundKind) : undefined;
}

/** Writes the head of a frame at the start of `target`. */
export function writeBoundHead(target: Uint8Array, kind: BoundKind): void {
  target.set(MARK, 0);
  target[MARK.length] = kind;
}
