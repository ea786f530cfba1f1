import { isBlockNotifyTopic, isPrivateTopic } from '@amop/codec';

/**
 * Payload topics of private topics stay closed until a proof opens them, and nothing but the node
 * itself pushes to `_block_notify_N` (D-13).
 */
export function isRoutable(topic: string): boolean {
  return !isPrivateTopic(topic) && !isBlockNotifyTopic(topic);
}
