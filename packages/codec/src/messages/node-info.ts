import { z } from 'zod';
import { isStringArray, parseItems } from '../bytes/json.ts';

/** One element of `getPeers`, member names as on the wire. Spec 19. */
export interface PeerInfo {
  /** Common name of the issuer of the peer's certificate. */
  readonly Agency: string;
  /** Remote endpoint of the connection, IPv6 without brackets. */
  readonly IPAndPort: string;
  /** Common name of the peer's certificate. */
  readonly Node: string;
  /** 128 lower-case hex digits. */
  readonly NodeID: string;
  /** Topics that can be reached through the peer. */
  readonly Topic: readonly string[];
}

/** Result of `getNodeInfo`: as `PeerInfo`, of the node itself. Spec 19. */
export type NodeInfo = PeerInfo;

const infoSchema = z.object({
  Agency: z.string(),
  IPAndPort: z.string(),
  Node: z.string(),
  NodeID: z.string(),
  Topic: z.custom<string[]>(isStringArray),
});

/** The peers in the result of `getPeers`; undefined if it has not that shape. */
export function parsePeers(result: unknown): PeerInfo[] | undefined {
  return parseItems(result, parseNodeInfo);
}

/** The node in the result of `getNodeInfo`; undefined if it has not that shape. */
export function parseNodeInfo(result: unknown): NodeInfo | undefined {
  return infoSchema.safeParse(result).data;
}
