import { errorCode } from '../exit-code.ts';

/** What to do when a node is not reached. */
export const NOT_CONNECTED_ADVICE = 'Is the node running? Check --node, or set AMOP_NODE.';

/** What a person can do about an error, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  AMOP_DAEMON_CERTS_EXIST: 'Choose another --out, or move it away first.',
  AMOP_CRYPTO_PASSPHRASE: 'Give the file of its passphrase with --passphrase-file FILE.',
  AMOP_DAEMON_PASSPHRASE_FILE:
    'Give a file that you may read, with the passphrase as its only line.',
  AMOP_DAEMON_CERTS_WRITE: 'Choose an --out that you may write to.',
  AMOP_DAEMON_CONFIG_FILE: "Give --config FILE; 'amop certs' makes one.",
  AMOP_DAEMON_SDK_FOLDER: "Give --certs DIR or set AMOP_CERTS; 'amop certs' makes one.",
  AMOP_DAEMON_INCOMPLETE: 'Give a longer --timeout.',
  AMOP_CLIENT_NO_SUBSCRIBER: "'amop topics' shows who listens to what.",
  AMOP_CLIENT_NO_ANSWER: 'Look at the log of the subscriber.',
  AMOP_CLIENT_TIMEOUT: 'Give a longer --timeout, or look at why the subscriber is slow.',
  AMOP_CLIENT_BANDWIDTH: 'Wait and try again.',
  AMOP_CLIENT_NOT_PERMITTED: 'Ask the operator of the node: [amop_permissions] in its config.ini.',
  AMOP_CLIENT_HANDLER_FAILED: 'Look at the log of the subscriber.',
  AMOP_CLIENT_CERTIFICATE: 'Choose the folder with --certs or AMOP_CERTS.',
  AMOP_CLIENT_FILE: 'Choose the folder with --certs or AMOP_CERTS.',
  AMOP_CLIENT_NOT_CONNECTED: NOT_CONNECTED_ADVICE,
  AMOP_CLIENT_DISCONNECTED: 'Look at the log of the node, and try again.',
  AMOP_CLIENT_FILE_STATE: 'Choose another folder with --state-dir.',
  AMOP_CLIENT_FILE_DIRECTORY: 'Choose another folder with --dir.',
  AMOP_CLIENT_TOO_LARGE:
    'One message takes a little less than 99 MiB: send it in parts, or as a file (amop send).',
};

/** What a person can do about an error, by the reason in its details: it says more than the code. */
const ADVICE_BY_REASON: Readonly<Record<string, string>> = {
  'no-proven-subscriber':
    'Does a subscriber of the private topic run, with a key that --private-to names?',
  'refused-publisher-not-allowed': 'The subscriber must add that key to its --publisher.',
  'in-use': 'Is the same command running already?',
  'too-large': 'The receiver takes larger files with a larger --max-size.',
  'quota-exceeded': 'The receiver needs room in its folder, or a larger --quota or --max-files.',
  busy: 'The receiver has too many files under way: try again later.',
  declined: "The subscriber only listens ('amop sub'): use 'amop reply' there to answer.",
};

/** A node that hangs up on a foreign certificate looks so from here (TLS 1.2). */
const HANDSHAKE_ADVICE =
  'Do the certificates belong to the agency of the node? Choose the folder with --certs or AMOP_CERTS.';

/**
 * One sentence on what to do about the error, or `undefined` where the message says it all: the `fix` of its
 * details (a node's configuration), else what this package knows about its code.
 */
export function adviceFor(error: unknown): string | undefined {
  const own = textDetail(error, 'fix');
  if (own !== undefined) {
    const said = error instanceof Error && error.message.includes(own);
    return said ? undefined : `${own.charAt(0).toUpperCase()}${own.slice(1)}.`;
  }
  // The subscriber itself has told why: its log adds nothing.
  if (textDetail(error, 'remoteMessage') !== undefined) return undefined;
  const byReason = ADVICE_BY_REASON[textDetail(error, 'reason') ?? ''];
  if (byReason !== undefined) return byReason;
  const code = errorCode(error);
  if (code === undefined) return undefined;
  return causeCodes(error).includes('AMOP_PORTS_TLS_FAILED') ? HANDSHAKE_ADVICE : ADVICE[code];
}

/** The codes of the causes of an error, outermost first. */
function causeCodes(error: unknown): string[] {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause === undefined) return [];
  const code = errorCode(cause);
  return code === undefined ? causeCodes(cause) : [code, ...causeCodes(cause)];
}

function textDetail(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null || !('details' in error)) return undefined;
  const { details } = error;
  if (typeof details !== 'object' || details === null) return undefined;
  const value: unknown = Object.entries(details).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}
