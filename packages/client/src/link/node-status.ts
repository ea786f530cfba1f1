import type { ClientErrorCode } from '../errors.ts';
import type { LinkState, NodeLink } from './node-link.ts';

/** The link to one node at one moment. */
export interface NodeStatus {
  /** As given to `connect`. */
  readonly endpoint: string;
  readonly state: LinkState;
  /** 128 hex digits; absent while not connected and for certificates that show none. */
  readonly nodeId?: string;
  /** What the node calls its version. */
  readonly nodeVersion?: string;
  /** Extensions agreed with the node; empty for an original one and while not connected. */
  readonly extensions: readonly string[];
  /** Why it is not connected. */
  readonly error?: { readonly code: ClientErrorCode; readonly message: string };
}

/** The status of a link. */
export function statusOf(link: NodeLink): NodeStatus {
  const { endpoint, state, session, lastError } = link;
  const ready = state === 'ready' ? session : undefined;
  return {
    endpoint: endpoint.text,
    state,
    ...(ready?.nodeId === undefined ? {} : { nodeId: ready.nodeId }),
    ...(ready?.agreement === undefined ? {} : { nodeVersion: ready.agreement.nodeVersion }),
    extensions: ready?.agreement?.extensions ?? [],
    ...(lastError === undefined
      ? {}
      : { error: { code: lastError.code, message: lastError.message } }),
  };
}
