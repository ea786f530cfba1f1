import { describeCertificate, splitPemChain } from '@amop/crypto';
import { type Clock, isPortsError, silentLogger, type Transport } from '@amop/ports';
import {
  createTlsTransport,
  systemClock,
  systemFileSystem,
  systemRandom,
  systemScheduler,
} from '@amop/ports/system';
import { AmopClient } from './client.ts';
import { ClientCore } from './client-core.ts';
import { linkError } from './link/link-error.ts';
import { type CertificateIssuer, type ConnectOptions, parseOptions } from './options/options.ts';
import { readCredentials } from './options/tls-files.ts';

/** How nodes are reached, and as whom. */
interface Reach {
  readonly transport: Transport;
  readonly issuer?: CertificateIssuer;
}

/**
 * Connects to one or several nodes; resolves when the first is usable.
 *
 * Transport faults are tried again until `connectTimeoutMs`. What trying again cannot cure ends it
 * at once: a bad option, a missing file, a certificate that is refused on either side (with several
 * nodes: on all of them).
 *
 * @throws ClientError `AMOP_CLIENT_OPTIONS`, `_FILE`, `_CERTIFICATE`, `_NOT_CONNECTED`, `_ABORTED`
 *
 * @example
 * const client = await connect({ nodes: '127.0.0.1:20200', tls: { directory: './sdk' } });
 * const reply = await client.request('prices', 'EUR/USD');
 * console.log(reply.text());
 * await client.close();
 */
export async function connect(options: ConnectOptions): Promise<AmopClient> {
  const settings = parseOptions(options);
  const { ports, signal, logger = silentLogger } = options;
  const {
    clock = systemClock,
    random = systemRandom,
    scheduler = systemScheduler,
    files = systemFileSystem,
  } = ports ?? {};
  const { transport, issuer } = await reachNodes(options, clock);
  const core = new ClientCore(
    issuer === undefined ? settings : { ...settings, issuer },
    { transport, clock, random, scheduler, files },
    logger,
  );
  await core.open(signal);
  return new AmopClient(core);
}

async function reachNodes({ ports, tls }: ConnectOptions, clock: Clock): Promise<Reach> {
  if (ports?.transport !== undefined) return { transport: ports.transport };
  const credentials = await readCredentials(tls);
  try {
    const transport = createTlsTransport(credentials, { clock });
    const [leaf] = splitPemChain(credentials.certificate);
    return leaf === undefined ? { transport } : { transport, issuer: describeCertificate(leaf) };
  } catch (cause) {
    throw isPortsError(cause) ? linkError(cause, '') : cause;
  }
}
