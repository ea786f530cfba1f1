export {
  AmopNode,
  type NodeDependencies,
  type ReloadReport,
} from './amop-node.ts';
export { nodeIdOf } from './config/certificate-of.ts';
export type { ConfigWarning } from './config/config-warning.ts';
export { formatHostPort, parseHostPort } from './config/host-port.ts';
export { type InspectedConfig, inspectNodeConfig } from './config/inspect-node-config.ts';
export { loadNodeConfig } from './config/load-node-config.ts';
export type { Credentials, HostPort, NodeConfig } from './config/node-config.ts';
export { transportOf } from './config/transport-of.ts';
export type { MessageRefusal, NodeCounters } from './counters.ts';
export { createNode } from './create-node.ts';
export {
  NODE_ERROR_CODES,
  NodeError,
  type NodeErrorCode,
  type NodeErrorDetails,
} from './errors.ts';
export type { CutReason } from './flow/sink.ts';
export { DEFAULT_NODE_LIMITS, type NodeLimits } from './limits.ts';
export { listenError } from './listen.ts';
export { peerIdentityRefusal } from './peer/identity-refusal.ts';
export type { PermissionRules, TopicRules } from './permission/permissions.ts';
export { type ChannelProbe, probeChannel } from './probe/probe-channel.ts';
export type { ProbeOptions } from './probe/probe-options.ts';
export { type PeerProbe, type PeerProbeOptions, probePeer } from './probe/probe-peer.ts';
export {
  REFUSAL_REASONS,
  type RefusalReason,
  type RefusalText,
  refusalText,
} from './refusal/refusal-reason.ts';
export { dialRefusalReason } from './refusal/tls-refusal.ts';
export type { AuditRecord, AuditSink } from './sight/audit.ts';
export type { LinkState, PeerState, SessionState } from './sight/connection-state.ts';
export type { NodeSight } from './sight/node-sight.ts';
export type { NodeSnapshot } from './sight/node-snapshot.ts';
export type {
  CertificateState,
  NodeState,
  RefusedState,
  SubscriberState,
  UnreachedState,
} from './sight/node-state.ts';
export type { Party } from './sight/party.ts';
export type { PrivatePairSight, TopicSight } from './sight/private-sight.ts';
export type { TraceEvent, TraceKind } from './sight/trace-ring.ts';
