import { type EndpointDetails, PortsError, type PortsErrorDetails } from '../errors.ts';

const REASONS: Readonly<
  Record<string, PortsErrorDetails['AMOP_PORTS_LISTEN_FAILED']['reason'] | undefined>
> = {
  EADDRINUSE: 'address-in-use',
  EADDRNOTAVAIL: 'address-not-available',
  EACCES: 'not-permitted',
};

/** The error for a port that could not be opened, or that failed later. */
export function listenFailed({ host, port }: EndpointDetails, cause: Error): PortsError {
  const systemCode = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  const reason = REASONS[systemCode ?? ''] ?? 'failed';
  return new PortsError(
    'AMOP_PORTS_LISTEN_FAILED',
    `Listening on ${host} port ${port} failed: ${reason}.`,
    {
      host,
      port,
      reason,
      ...(systemCode === undefined ? {} : { systemCode }),
      retryable: reason === 'address-in-use',
    },
    { cause },
  );
}
