import { ClientError } from './errors.ts';

/** The error of everything that is called on, or waits in, a client that is closed. */
export function closedError(): ClientError {
  return new ClientError('AMOP_CLIENT_CLOSED', 'the client is closed', {
    hop: 'client',
    reason: 'closed',
  });
}
