/** Which of the two framings an error speaks of. */
export type FrameLayer = 'channel' | 'p2p';

/** Why a text is no topic. */
export type TopicFault = 'empty' | 'too-long' | 'control-character' | 'not-well-formed';

/** Why an AMOP body is malformed. */
export type BodyFault = 'empty' | 'length-zero' | 'length-beyond-data' | 'not-utf8';

/** Details of each code: JSON-safe, numbers in bytes, nothing of the payload. */
export interface CodecErrorDetails {
  AMOP_CODEC_TRUNCATED: { layer: FrameLayer; expectedBytes: number; actualBytes: number };
  AMOP_CODEC_FRAME_TOO_SHORT: { layer: FrameLayer; minBytes: number; actualBytes: number };
  AMOP_CODEC_FRAME_TOO_LARGE: {
    layer: FrameLayer | 'compression';
    maxBytes: number;
    actualBytes: number;
  };
  AMOP_CODEC_TWELVE_BYTE_HEADER: { protocol: number; packetType: number };
  AMOP_CODEC_DECODER_UNUSABLE: { layer: FrameLayer; reason: 'failed' | 'nested' };
  AMOP_CODEC_MALFORMED_BODY: { reason: BodyFault; dataBytes: number };
  AMOP_CODEC_INVALID_TOPIC: { reason: TopicFault; bytes: number };
  AMOP_CODEC_MALFORMED_TOPIC_LIST: { payloadBytes: number };
  AMOP_CODEC_DECOMPRESSION: {
    reason: 'bad-length' | 'implausible-length' | 'bad-block' | 'wrong-length';
    payloadBytes: number;
    announcedBytes: number;
  };
  AMOP_CODEC_INVALID_ARGUMENT: { argument: string; expected: string };
}

/** Stable codes of this package: adding one is a minor change, renaming one a major. */
export type CodecErrorCode = keyof CodecErrorDetails;

/**
 * The one error class of `@amop/codec`: hostile or broken bytes, or an argument outside its range.
 *
 * Match on `code`. Nothing else ever escapes from this package's functions.
 */
export class CodecError<Code extends CodecErrorCode = CodecErrorCode> extends Error {
  override readonly name: string = 'CodecError';
  /** Stable code, listed in docs/errors.md. */
  readonly code: Code;
  /** Numbers behind the message, typed by code. */
  readonly details: CodecErrorDetails[Code];

  /**
   * @param code one of `CodecErrorCode`
   * @param message one sentence with what was expected and what came
   * @param details JSON-safe details of that code
   * @param options `cause`, when another error lies behind
   */
  constructor(
    code: Code,
    message: string,
    details: CodecErrorDetails[Code],
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** The error for an argument outside its range. */
export function invalidArgument(
  argument: string,
  expected: string,
): CodecError<'AMOP_CODEC_INVALID_ARGUMENT'> {
  return new CodecError('AMOP_CODEC_INVALID_ARGUMENT', `${argument} must be ${expected}`, {
    argument,
    expected,
  });
}

/** The error for a frame below its layer's minimum. */
export function frameTooShort(
  layer: FrameLayer,
  minBytes: number,
  actualBytes: number,
): CodecError<'AMOP_CODEC_FRAME_TOO_SHORT'> {
  return new CodecError(
    'AMOP_CODEC_FRAME_TOO_SHORT',
    `${layer} frame declares ${actualBytes} bytes, its header alone takes ${minBytes}`,
    { layer, minBytes, actualBytes },
  );
}

/** The error for a frame, or a decompressed payload, above its limit. */
export function frameTooLarge(
  layer: FrameLayer | 'compression',
  maxBytes: number,
  actualBytes: number,
): CodecError<'AMOP_CODEC_FRAME_TOO_LARGE'> {
  return new CodecError(
    'AMOP_CODEC_FRAME_TOO_LARGE',
    `${layer === 'compression' ? 'compressed payload' : `${layer} frame`} of ${actualBytes} bytes exceeds the limit of ${maxBytes}`,
    { layer, maxBytes, actualBytes },
  );
}

/** The error for input that ends before the frame does. */
export function truncated(
  layer: FrameLayer,
  expectedBytes: number,
  actualBytes: number,
): CodecError<'AMOP_CODEC_TRUNCATED'> {
  return new CodecError(
    'AMOP_CODEC_TRUNCATED',
    `${layer} frame needs ${expectedBytes} bytes, only ${actualBytes} are there`,
    { layer, expectedBytes, actualBytes },
  );
}
