import { z } from 'zod';
import { encodeNodeJson, parseItems, parseJson, TRUSTED_JSON } from '../bytes/json.ts';
import type { RefusedTopic } from './subscribe.ts';

/** Data of the 0x32 by which our node confirms a 0x32, where `ack` was negotiated. */
export interface SubscribeAck {
  /** Topic sequence of the node after the change, u32. */
  readonly sequence: number;
  /** Topics that were not taken; empty when all is well. */
  readonly refused: readonly RefusedTopic[];
}

const ackSchema = z.object({
  sequence: z.int().min(0).max(0xffff_ffff),
  refused: z.unknown().optional(),
});
const refusedSchema = z.object({ topic: z.string(), reason: z.string() });

/** The confirmation in the data of a 0x32 from the node; undefined if it is none. */
export function parseSubscribeAck(data: Uint8Array): SubscribeAck | undefined {
  const parsed = ackSchema.safeParse(parseJson(data, TRUSTED_JSON));
  if (!parsed.success) return undefined;
  const refused = parseItems(
    parsed.data.refused ?? [],
    (item) => refusedSchema.safeParse(item).data,
  );
  return refused && { sequence: parsed.data.sequence, refused };
}

/** The data of a 0x32 from the node. */
export function encodeSubscribeAck(ack: SubscribeAck): Uint8Array {
  return encodeNodeJson({
    sequence: ack.sequence,
    refused: ack.refused.map(({ topic, reason }) => ({ topic, reason })),
  });
}
