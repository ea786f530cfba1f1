import { ClientError } from '../errors.ts';
import { diskCode, TransferReason } from './reasons.ts';

/** The error of a source that cannot be read, or is not what it was. */
export function sourceError(
  name: string,
  reason: string,
  text: string,
  cause?: unknown,
): ClientError {
  return new ClientError(
    'AMOP_CLIENT_FILE_SOURCE',
    `${name}: ${text}`,
    { file: name, hop: 'client', reason },
    { cause },
  );
}

/** The error of a source for which a disk call failed. */
export function unreadable(name: string, cause: unknown): ClientError {
  const code = diskCode(cause) ?? 'unreadable';
  const reason = code === 'ENOENT' ? 'missing-file' : 'unreadable';
  const text =
    code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code}): check its permissions`;
  return sourceError(name, reason, text, cause);
}

/** The error of a file that was another one when it was offered. */
export function sourceChanged(name: string): ClientError {
  return sourceError(
    name,
    TransferReason.sourceChanged,
    'the file was changed while it was sent; send it again once it stays as it is',
  );
}

/** Whether it is that error. */
export function isSourceChanged(error: unknown): boolean {
  return error instanceof ClientError && error.details.reason === TransferReason.sourceChanged;
}

/** The error of a folder for what has to survive this process. */
export function stateError(directory: string, cause: unknown): ClientError {
  const code = diskCode(cause) ?? 'failed';
  return new ClientError(
    'AMOP_CLIENT_FILE_STATE',
    `cannot keep the state of the transfer in ${directory} (${code}): make it writable or name another folder as stateDirectory`,
    { file: directory, option: 'stateDirectory', hop: 'client', reason: 'not-writable' },
    { cause },
  );
}

/** The error of a file that another process sends on the same topic. */
export function alreadySent(name: string, topic: string): ClientError {
  return new ClientError(
    'AMOP_CLIENT_FILE_STATE',
    `${name} is being sent on ${JSON.stringify(topic)} already: wait until that has ended, or end it`,
    { file: name, topic, hop: 'client', reason: 'in-use' },
  );
}

/** The error of a folder for files that come in. */
export function directoryError(directory: string, cause: unknown): ClientError {
  const code = diskCode(cause) ?? 'failed';
  const text =
    code === 'EBUSY'
      ? `${directory} is the folder of another receiver: one at a time has it; end that one or name another folder`
      : `cannot receive into ${directory} (${code}): it must be a folder that this process may write into`;
  return new ClientError(
    'AMOP_CLIENT_FILE_DIRECTORY',
    text,
    {
      file: directory,
      option: 'directory',
      hop: 'client',
      reason: code === 'EBUSY' ? 'in-use' : 'unusable',
    },
    { cause },
  );
}

/** What is known of a transfer that came to nothing. */
interface Failure {
  readonly name: string;
  readonly topic: string;
  readonly reason: string;
}

/** The error of a file that nobody wants. */
export function refusedByAll({ name, topic, reason }: Failure): ClientError {
  return new ClientError(
    'AMOP_CLIENT_FILE_REFUSED',
    `${name} was refused on ${JSON.stringify(topic)}: ${reason}`,
    { topic, hop: 'subscriber', reason },
  );
}

/** The error of a receiver that could not go on. */
export function failedAtReceiver({ name, topic, reason }: Failure): ClientError {
  return new ClientError(
    'AMOP_CLIENT_FILE_FAILED',
    `the receiver of ${name} on ${JSON.stringify(topic)} could not go on: ${reason}; what it has got stays, send the file again when that is mended`,
    { topic, hop: 'subscriber', reason, retryable: true, maybeDelivered: 'no' },
  );
}

/** The error of a receiver that is not heard of any more. */
export function stalledReceiver({ name, topic, reason }: Failure, stallMs: number): ClientError {
  return new ClientError(
    'AMOP_CLIENT_FILE_STALLED',
    `the receiver of ${name} on ${JSON.stringify(topic)} has asked for nothing for ${stallMs} ms; send the file again to go on, or with restart to let another one have it`,
    { topic, hop: 'subscriber', reason, retryable: true, maybeDelivered: 'unknown' },
  );
}

/** The error of a file that nobody took in time. */
export function nobodyTookIt(
  { name, topic, reason }: Failure,
  joinMs: number,
  others: number,
  cause: unknown,
): ClientError {
  const hint =
    reason !== 'no-receiver'
      ? `; the last receiver that was asked said: ${reason}`
      : others > 0
        ? `; ${others} answers came from subscribers that do not receive files`
        : '; a receiver runs receiveFiles() or amop receive on that topic';
  return new ClientError(
    'AMOP_CLIENT_NO_SUBSCRIBER',
    `nobody took ${name} on ${JSON.stringify(topic)} within ${joinMs} ms${hint}`,
    { topic, hop: 'client', reason, retryable: true },
    { cause },
  );
}

/** The error of a transfer that its caller ended. */
export function abortedTransfer(name: string, cause: unknown): ClientError {
  return new ClientError(
    'AMOP_CLIENT_ABORTED',
    `sending ${name}: ended by the signal of the caller`,
    { hop: 'client', reason: 'aborted', maybeDelivered: 'unknown' },
    { cause },
  );
}

/** The error of an option of a transfer. */
export function badOption(option: string, text: string): ClientError {
  return new ClientError('AMOP_CLIENT_OPTIONS', `${option} ${text}`, {
    option,
    reason: 'bad-option',
  });
}

/** A reason that a receiver gave, or a word for that it gave none. */
export function reasonOr(reason: string, fallback: TransferReason): string {
  return reason === '' ? fallback : reason;
}
