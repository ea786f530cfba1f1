export type { ChainProfile } from './node/chain.ts';
export { AGENCY, peersOf, TwoNodes, type TwoNodesOptions, until } from './node/two-nodes.ts';
export type { RawClient } from './raw/raw-client.ts';
