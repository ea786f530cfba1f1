export type { Clock, TimerHandle } from './clock.ts';
export { DeadlineWheel, type DeadlineWheelOptions, WheelEntry } from './deadline-wheel.ts';
export {
  type EndpointDetails,
  isPortsError,
  PortsError,
  type PortsErrorCode,
  type PortsErrorDetails,
} from './errors.ts';
export type { FileStat, FileSystem, OpenFile } from './file-system.ts';
export { type Logger, type LogLine, silentLogger } from './logger.ts';
export {
  Outbox,
  type OutboxDependencies,
  type OutboxMode,
  type OutboxOptions,
  type Slot,
} from './outbox.ts';
export type { Random } from './random.ts';
export type { Scheduler } from './scheduler.ts';
export type {
  CertificateReference,
  Connection,
  ConnectionHandler,
  DialOptions,
  Listener,
  ListenOptions,
  PeerIdentity,
  Refusal,
  Transport,
} from './transport.ts';
