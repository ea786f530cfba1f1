import type { CertificateIdentity } from '@amop/crypto';
import type { PeerIdentity } from '@amop/ports';
import { certificatesOf } from './config/certificate-of.ts';
import type { NodeConfig } from './config/node-config.ts';
import type { NodeContext } from './node-context.ts';

const DAY_MS = 86_400_000;
/** From so many days before its end a certificate is named in the log. */
const WARN_DAYS = 30;

/** A certificate that ends soon, or has ended. */
export interface ExpiringCertificate {
  readonly subject: string;
  /** Whole days that are left; below 0 when it has ended. */
  readonly daysLeft: number;
  /** `YYYY-MM-DD` */
  readonly validTo: string;
}

/** Warns of the certificate of who connects, when it ends within {@link WARN_DAYS} days. */
export function warnIfEnding(
  kind: 'application' | 'peer',
  { commonName, issuerCommonName: agency, validToMs }: PeerIdentity,
  { clock, limited }: Pick<NodeContext, 'clock' | 'limited'>,
): void {
  const daysLeft = Math.floor((validToMs - clock.wallMs()) / DAY_MS);
  if (daysLeft >= WARN_DAYS) return;
  const validTo = new Date(validToMs).toISOString().slice(0, 10);
  limited.warn(
    { commonName, agency, daysLeft, validTo },
    `certificate of ${kind === 'peer' ? 'a peer' : 'an application'} expires soon: tell its agency`,
  );
}

/** What the certificates that end within {@link WARN_DAYS} days are. */
export function expiring(
  certificates: readonly Pick<CertificateIdentity, 'subjectName' | 'validToMs'>[],
  wallMs: number,
): ExpiringCertificate[] {
  return certificates
    .map(({ subjectName, validToMs }) => ({
      subject: subjectName,
      daysLeft: Math.floor((validToMs - wallMs) / DAY_MS),
      validTo: new Date(validToMs).toISOString().slice(0, 10),
    }))
    .filter(({ daysLeft }) => daysLeft < WARN_DAYS);
}

/** Names the node's own certificates that end soon in its log, when it starts and once a day. */
export class CertificateWatch {
  readonly #context: Pick<NodeContext, 'clock' | 'logger'>;
  readonly #own: ReadonlyMap<string, CertificateIdentity>;
  #nextMs = 0;

  constructor(config: NodeConfig, context: Pick<NodeContext, 'clock' | 'logger'>) {
    this.#context = context;
    // One entry for a certificate that several files hold.
    this.#own = new Map(
      [config.p2p.credentials, config.channel.credentials]
        .flatMap(certificatesOf)
        .map((certificate) => [certificate.fingerprint256, certificate]),
    );
  }

  /** All of them, authorities included. */
  get own(): CertificateIdentity[] {
    return [...this.#own.values()];
  }

  /** Looks if a day has passed since the last time. */
  tick(nowMs: number): void {
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + DAY_MS;
    const { clock, logger } = this.#context;
    for (const certificate of expiring([...this.#own.values()], clock.wallMs())) {
      if (certificate.daysLeft < 0) logger.error({ ...certificate }, 'own certificate has expired');
      else logger.warn({ ...certificate }, 'own certificate expires soon: renew it');
    }
  }
}
