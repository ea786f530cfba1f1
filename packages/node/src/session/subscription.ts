import { encodeSubscribeAck, parseSubscribe } from '@amop/codec';
import type { SessionEndpoint } from '@amop/router';
import type { SessionChange } from '@amop/topic-sync';
import type { NodeContext } from '../node-context.ts';

/** Refused topics that an acknowledgement names at most. */
const MAX_NAMED = 1_024;

/**
 * Applies a 0x32 to the node's table and routes (spec 7).
 *
 * Bad names are left out and named in the acknowledgement; the others count (D-27, D-34). A change
 * instead of a whole set counts only from who agreed on acknowledgements: the original ignores it.
 *
 * @returns the acknowledgement for who agreed on one; undefined when the request cannot be read and
 *   changed nothing
 */
export function applySubscription(
  endpoint: SessionEndpoint,
  data: Uint8Array,
  options: { readonly deltas: boolean },
  context: NodeContext,
): Uint8Array | undefined {
  const request = parseSubscribe(data);
  if (request === undefined || (request.kind === 'delta' && !options.deltas)) return undefined;
  const { counters, limited, table } = context;
  const change =
    request.kind === 'replace'
      ? table.replace(endpoint.id, request.topics)
      : table.update(endpoint.id, request.add, request.remove);
  const refusals = request.refused.length + change.refused.length;
  counters.topicsRefused += refusals;
  const refused = [...request.refused, ...change.refused.slice(0, MAX_NAMED)].slice(0, MAX_NAMED);
  const [first] = refused;
  if (first !== undefined) {
    const { reason, topic } = first;
    limited.warn({ session: endpoint.id, refusals, topic, reason }, 'topics refused');
  }
  applySessionChange(endpoint, change, context);
  return encodeSubscribeAck({ sequence: table.sequence, refused });
}

/** Brings routes and peers up to date with what a session's topics have become. */
export function applySessionChange(
  endpoint: SessionEndpoint,
  change: SessionChange,
  context: NodeContext,
): void {
  context.router.updateSession(endpoint, change.added, change.removed);
  if (change.added.length > 0 || change.removed.length > 0) context.topicsChanged();
}
