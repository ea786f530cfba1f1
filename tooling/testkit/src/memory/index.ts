// The part of the testkit that needs no test runner: for programs that run over memory links.

export { SeededRandom } from '../seeded-random.ts';
export {
  createTestChain,
  type TestChain,
  type TestChainOptions,
  type TestCredentials,
} from '../test-chain.ts';
export type { MemoryOperation } from './file-system/planned-failures.ts';
export { MemoryFileSystem, type MemoryFileSystemOptions } from './memory-file-system.ts';
export { MemoryLink, type MemorySide } from './memory-link.ts';
export {
  createMemoryNetwork,
  type MemoryNetwork,
  type MemoryNetworkOptions,
  type MemoryPartyOptions,
  type MemoryReach,
} from './memory-network.ts';
export type { MemoryPost } from './memory-post.ts';
