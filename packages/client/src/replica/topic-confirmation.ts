import {
  ChannelType,
  encodeSubscribe,
  encodeSubscribeDelta,
  parseSubscribeAck,
  type RefusedTopic,
  ResultCode,
  type TopicName,
} from '@amop/codec';
import type { Clock, Logger } from '@amop/ports';
import { ClientError } from '../errors.ts';
import { type AskNode, queryNodeInfo } from '../link/node-query.ts';

/**
 * Time for a node of ours to confirm a change of the subscriptions before the connection is given up, in ms: as long as
 * its silence is suffered, for on a slow way the change waits behind all that was sent before.
 */
const CONFIRM_TIMEOUT_MS = 30_000;
/** Time for an original node to show a change, in ms. */
const SHOW_TIMEOUT_MS = 5_000;
/** Waits between looks at an original node: from the first to the last, doubling. */
const FIRST_LOOK_DELAY_MS = 20;
const LAST_LOOK_DELAY_MS = 200;

/** Sends a delta and reads the node's confirmation (acks were agreed). */
export async function sendDelta(
  ask: AskNode,
  add: readonly TopicName[],
  remove: readonly TopicName[],
): Promise<readonly RefusedTopic[]> {
  const data = encodeSubscribeDelta(add, remove);
  const frame = await ask(ChannelType.subscribe, data, CONFIRM_TIMEOUT_MS);
  const ack = parseSubscribeAck(frame.data);
  if (frame.result === ResultCode.ok && ack !== undefined) return ack.refused;
  if (frame.result !== ResultCode.ok) {
    return add.map((topic) => ({ topic, reason: `result-${frame.result}` }));
  }
  throw new ClientError('AMOP_CLIENT_PROTOCOL', 'the node confirms a subscription without a list', {
    hop: 'node',
    reason: 'bad-subscribe-ack',
  });
}

/** What {@link sendWhole} works with. */
export interface WholeDependencies {
  readonly ask: AskNode;
  /** Sends a frame that is not answered. */
  readonly tell: (type: number, data: Uint8Array) => void;
  /** Resolves after so many ms, or when the connection is over. */
  readonly wait: (delayMs: number) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Sends the whole set to an original node, which does not answer, and looks at `getNodeInfo` until
 * it shows every topic. The list there is the union over all sessions of the node: a topic that
 * somebody else subscribes too is shown a moment early.
 *
 * @returns topics that it does not show in time
 */
export async function sendWhole(
  topics: readonly TopicName[],
  dependencies: WholeDependencies,
): Promise<readonly RefusedTopic[]> {
  const { ask, tell, wait, clock, logger } = dependencies;
  const deadlineMs = clock.nowMs() + SHOW_TIMEOUT_MS;
  tell(ChannelType.subscribe, encodeSubscribe(topics));
  for (let delayMs = FIRST_LOOK_DELAY_MS; ; delayMs = Math.min(2 * delayMs, LAST_LOOK_DELAY_MS)) {
    const shown = await shownTopics(ask, logger);
    if (shown === undefined) return [];
    const missing = topics.filter((topic) => !shown.has(topic));
    if (missing.length === 0) return [];
    if (clock.nowMs() >= deadlineMs) {
      return missing.map((topic) => ({ topic, reason: 'not-confirmed' }));
    }
    await wait(delayMs);
  }
}

/** The node's topics; undefined when it does not tell: then there is nothing to wait for. */
async function shownTopics(ask: AskNode, logger: Logger): Promise<Set<string> | undefined> {
  try {
    return new Set((await queryNodeInfo(ask, SHOW_TIMEOUT_MS)).Topic);
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'AMOP_CLIENT_NODE_QUERY') throw error;
    logger.warn({ error }, 'node does not show its topics: subscriptions are not confirmed');
    return undefined;
  }
}
