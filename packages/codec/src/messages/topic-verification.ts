import { z } from 'zod';
import { encodeJson, encodeNodeJson, parseJson, SMALL_JSON } from '../bytes/json.ts';

/** Data of a 0x37: the node asks a publisher to challenge a subscriber. Spec 10.3. */
export interface VerifyTopic {
  /** Node of the subscriber, 128 lower-case hex digits. */
  readonly nodeId: string;
  /** Payload topic. */
  readonly topic: string;
  /** Challenge route to send the random value to. */
  readonly topicForCert: string;
}

/** Data of a 0x38: what came out of the challenge. Spec 10.3. */
export interface TopicStatus {
  /** 0: the subscriber has proved its key. Any other i32: it has not. */
  readonly checkResult: number;
  readonly nodeId: string;
  readonly topic: string;
  /** The route that it speaks of, where node and client agreed on `grant`; an original ignores it. */
  readonly topicForCert?: string;
}

const verifySchema = z.object({ nodeId: z.string(), topic: z.string(), topicForCert: z.string() });
const statusSchema = z.object({
  checkResult: z.int32(),
  nodeId: z.string(),
  topic: z.string(),
  topicForCert: z.string().optional().catch(undefined),
});

/** The request in the data of a 0x37; undefined if it is none. */
export function parseVerifyTopic(data: Uint8Array): VerifyTopic | undefined {
  return verifySchema.safeParse(parseJson(data, SMALL_JSON)).data;
}

/** The data of a 0x37, as the original writes it. */
export function encodeVerifyTopic(request: VerifyTopic): Uint8Array {
  const { nodeId, topic, topicForCert } = request;
  return encodeNodeJson({ nodeId, topic, topicForCert });
}

/** The status in the data of a 0x38; undefined for what the original ignores. */
export function parseTopicStatus(data: Uint8Array): TopicStatus | undefined {
  const status = statusSchema.safeParse(parseJson(data, SMALL_JSON)).data;
  if (status === undefined) return undefined;
  const { topicForCert, ...rest } = status;
  return topicForCert === undefined ? rest : { ...rest, topicForCert };
}

/** The data of a 0x38. */
export function encodeTopicStatus(status: TopicStatus): Uint8Array {
  const { checkResult, nodeId, topic, topicForCert } = status;
  return encodeJson({
    checkResult,
    nodeId,
    topic,
    ...(topicForCert === undefined ? {} : { topicForCert }),
  });
}
