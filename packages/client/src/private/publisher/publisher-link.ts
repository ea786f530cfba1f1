import type { Line } from '../../call/line.ts';
import type { AskNode } from '../../link/node-query.ts';

/** A connection to a node, as the publisher of a private topic sees it; it ends with the connection. */
export interface PublisherLink {
  readonly line: Line;
  /** 128 lower-case hex digits; undefined when the certificate of the node shows none. */
  readonly nodeId: string | undefined;
  readonly ask: AskNode;
}
