import { encodeSubscribeAck, parseSubscribe, type RefusedTopic, type TopicName } from '@amop/codec';
import type { SessionEndpoint } from '@amop/router';
import type { SessionChange } from '@amop/topic-sync';
import type { NodeContext } from '../node-context.ts';
import { ALL_TOPICS, type TopicSet } from '../permission/topic-set.ts';
import { claimRoutes } from './route-owner.ts';

/** Refused topics that an acknowledgement names at most. */
const MAX_NAMED = 1_024;

/**
 * Applies a 0x32 to the node's table and routes (spec 7).
 *
 * Bad names, and topics that the application has no right to, are left out and named in the
 * acknowledgement; the others count (D-27, D-34). A change instead of a whole set counts only from who
 * agreed on acknowledgements: the original ignores it.
 *
 * @returns the acknowledgement for who agreed on one; undefined when the request cannot be read and
 *   changed nothing
 */
export function applySubscription(
  endpoint: SessionEndpoint,
  data: Uint8Array,
  options: { readonly deltas: boolean; readonly allowed: TopicSet },
  context: NodeContext,
): Uint8Array | undefined {
  const request = parseSubscribe(data);
  if (request === undefined || (request.kind === 'delta' && !options.deltas)) return undefined;
  const { counters, limited, table } = context;
  const wanted = request.kind === 'replace' ? request.topics : request.add;
  const { forbidden, topics: allowed } = divide(wanted, options.allowed);
  const {
    refused: owned,
    takenOver,
    topics,
  } = claimRoutes(endpoint, allowed, request.kind === 'replace', context);
  for (const [owner, route] of takenOver) {
    applySessionChange(owner, table.update(owner.id, [], [route]), context);
  }
  const change =
    request.kind === 'replace'
      ? table.replace(endpoint.id, topics)
      : table.update(endpoint.id, topics, request.remove);
  const early = [...request.refused, ...forbidden, ...owned];
  const refusals = early.length + change.refused.length;
  counters.topicsRefused += refusals;
  counters.notPermitted += forbidden.length;
  const refused = [...early, ...change.refused.slice(0, MAX_NAMED)];
  refused.splice(MAX_NAMED);
  const [first] = refused;
  if (first !== undefined) {
    const { reason, topic } = first;
    limited.warn({ session: endpoint.id, refusals, topic, reason }, 'topics refused');
  }
  applySessionChange(endpoint, change, context);
  return encodeSubscribeAck({ sequence: table.sequence, refused });
}

function divide(
  wanted: readonly TopicName[],
  allowed: TopicSet,
): { readonly topics: readonly TopicName[]; readonly forbidden: readonly RefusedTopic[] } {
  if (allowed === ALL_TOPICS) return { topics: wanted, forbidden: [] };
  const topics: TopicName[] = [];
  const forbidden: RefusedTopic[] = [];
  for (const topic of wanted) {
    if (allowed.has(topic)) topics.push(topic);
    else forbidden.push({ topic, reason: 'not-permitted' });
  }
  return { topics, forbidden };
}

/** Brings routes and peers up to date with what a session's topics have become. */
export function applySessionChange(
  endpoint: SessionEndpoint,
  change: SessionChange,
  context: NodeContext,
): void {
  const { clock, router } = context;
  router.updateSession(endpoint, change.added, change.removed, clock.nowMs());
  if (change.added.length > 0 || change.removed.length > 0) context.topicsChanged();
}
