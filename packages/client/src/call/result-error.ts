import { type ChannelFrame, type ErrorDetail, parseErrorDetail, ResultCode } from '@amop/codec';
import {
  ClientError,
  type ClientErrorCode,
  type ClientErrorDetails,
  type Hop,
  type MaybeDelivered,
} from '../errors.ts';

/** Said by our node with result 105 for a message above its own limit. */
const TOO_LARGE_REASON = 'too-large';

/** What a result code means when nothing more is told, as by an original node. */
interface Meaning {
  readonly code: ClientErrorCode;
  readonly text: string;
  readonly hop: Hop;
  readonly retryable: boolean;
  readonly maybeDelivered: MaybeDelivered;
}

/** The result codes of spec 21 that a client can get, and 120 and 121 of ours. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [
    ResultCode.noSubscriber,
    {
      code: 'AMOP_CLIENT_NO_SUBSCRIBER',
      text: 'nobody to deliver to',
      hop: 'node',
      retryable: true,
      // An original node says 100 also after its candidates failed on the way or timed out.
      maybeDelivered: 'unknown',
    },
  ],
  [
    ResultCode.bandwidthLimit,
    {
      code: 'AMOP_CLIENT_BANDWIDTH',
      text: 'the node is at its limit',
      hop: 'node',
      retryable: true,
      maybeDelivered: 'no',
    },
  ],
  [
    ResultCode.noAnswer,
    {
      code: 'AMOP_CLIENT_NO_ANSWER',
      text: 'no subscriber answered',
      hop: 'peer-node',
      retryable: true,
      maybeDelivered: 'unknown',
    },
  ],
  [
    ResultCode.malformed,
    {
      code: 'AMOP_CLIENT_MALFORMED',
      text: 'the message could not be read',
      hop: 'node',
      retryable: false,
      maybeDelivered: 'no',
    },
  ],
  [
    ResultCode.handlerFailed,
    {
      code: 'AMOP_CLIENT_HANDLER_FAILED',
      text: 'the handler of the subscriber failed',
      hop: 'subscriber',
      retryable: false,
      maybeDelivered: 'yes',
    },
  ],
  [
    ResultCode.notPermitted,
    {
      code: 'AMOP_CLIENT_NOT_PERMITTED',
      text: "the node's rules do not let this application publish on it",
      hop: 'node',
      retryable: false,
      maybeDelivered: 'no',
    },
  ],
]);

/** Anything else came from a subscriber, unchanged: it was delivered. */
const OTHER: Meaning = {
  code: 'AMOP_CLIENT_REFUSED',
  text: 'the subscriber refused',
  hop: 'subscriber',
  retryable: false,
  maybeDelivered: 'yes',
};

/**
 * The error behind an answer with a non-zero result.
 *
 * @param detailed whether details were agreed with the node; else the data is not looked at, it may
 *   be an echo of the request (spec 21)
 */
export function errorOfResult(
  frame: ChannelFrame,
  topic: string,
  node: string,
  detailed: boolean,
): ClientError {
  const resultCode = frame.result;
  const meaning = MEANINGS.get(resultCode) ?? OTHER;
  const detail = detailed ? parseErrorDetail(frame.data) : undefined;
  const details: ClientErrorDetails = {
    hop: detail?.hop ?? meaning.hop,
    node: detail?.node ?? node,
    ...(detail === undefined ? {} : { reason: detail.reason }),
    retryable: detail?.retryable ?? meaning.retryable,
    maybeDelivered: detail?.maybeDelivered ?? meaning.maybeDelivered,
    resultCode,
    topic,
    ...(detail?.message === undefined ? {} : { remoteMessage: detail.message }),
  };
  const code =
    meaning.code === 'AMOP_CLIENT_MALFORMED' && detail?.reason === TOO_LARGE_REASON
      ? 'AMOP_CLIENT_TOO_LARGE'
      : meaning.code;
  return new ClientError(code, sentence(meaning, resultCode, topic, node, detail), details);
}

function sentence(
  meaning: Meaning,
  resultCode: number,
  topic: string,
  node: string,
  detail: ErrorDetail | undefined,
): string {
  const remote = detail?.message === undefined ? '' : `: ${detail.message}`;
  const reason = detail === undefined ? '' : `, ${detail.reason}`;
  return `topic ${JSON.stringify(topic)}: ${meaning.text}${remote} (result ${resultCode}${reason}, by way of node ${shorten(node)})`;
}

/** The first digits of a node ID are enough for people; `details.node` has all of them. */
function shorten(node: string): string {
  return /^[0-9a-f]{128}$/.test(node) ? `${node.slice(0, 8)}...` : node;
}
