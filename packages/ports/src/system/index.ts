// biome-ignore lint/performance/noBarrelFile: this is the door @amop/ports/system
export { shownCertificate } from './shown-certificate.ts';
export { systemClock } from './system-clock.ts';
export { systemFileSystem } from './system-file-system.ts';
export { systemRandom } from './system-random.ts';
export { systemScheduler } from './system-scheduler.ts';
export type { TlsCredentials } from './tls-credentials.ts';
export {
  createTlsTransport,
  type TlsTransport,
  type TlsTransportOptions,
} from './tls-transport.ts';
export { tryListen } from './try-listen.ts';
