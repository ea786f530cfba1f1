export { TopicSyncError, type TopicSyncErrorCode, type TopicSyncErrorDetails } from './errors.ts';
export type { SyncAction, SyncEvent, SyncIncident, TopicSessions } from './events.ts';
export { PeerSync, type PeerSyncOptions } from './peer-sync.ts';
export { MAX_SESSIONS_PER_TOPIC, type PeerTopic } from './peer-view.ts';
export {
  type RefusedTopic,
  type SessionChange,
  TopicTable,
  type TopicTableOptions,
} from './topic-table.ts';
