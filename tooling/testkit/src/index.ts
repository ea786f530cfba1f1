export { type CollectingLogger, collectingLogger, type LogEntry } from './collecting-logger.ts';
export type { ComplianceParties, ComplianceParty } from './compliance/compliance-pair.ts';
export type { FileSystemPlace } from './compliance/file-system/file-system-place.ts';
export { fileSystemCompliance } from './compliance/file-system-compliance.ts';
export { RecordingHandler, turns } from './compliance/recording-handler.ts';
export { transportCompliance } from './compliance/transport-compliance.ts';
export { freePort } from './free-port.ts';
export { ManualScheduler } from './manual-scheduler.ts';
export type { MemoryOperation } from './memory/file-system/planned-failures.ts';
export { MemoryFileSystem, type MemoryFileSystemOptions } from './memory/memory-file-system.ts';
export { MemoryLink, type MemorySide } from './memory/memory-link.ts';
export {
  createMemoryNetwork,
  type MemoryNetwork,
  type MemoryNetworkOptions,
  type MemoryPartyOptions,
  type MemoryReach,
} from './memory/memory-network.ts';
export type { MemoryPost } from './memory/memory-post.ts';
export { SeededRandom } from './seeded-random.ts';
export {
  createTestChain,
  type TestChain,
  type TestChainOptions,
  type TestCredentials,
} from './test-chain.ts';
export { VirtualClock } from './virtual-clock.ts';
