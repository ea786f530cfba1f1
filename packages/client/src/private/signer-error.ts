import { ClientError } from '../errors.ts';

/**
 * The error of a signer of the application that threw, or gave no signature.
 *
 * @param where the node over whose connection it was asked, and on which side of the topic
 */
export function signerFailed(
  topic: string,
  cause: unknown,
  where: { readonly node: string; readonly hop: 'client' | 'subscriber' },
): ClientError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new ClientError(
    'AMOP_CLIENT_SIGNER_FAILED',
    `the signer of the private topic ${JSON.stringify(topic)} failed${why}`,
    { topic, ...where, reason: 'signer-failed', retryable: true },
    { cause },
  );
}
