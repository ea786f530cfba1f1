import { MAX_FRAME_BYTES } from '../constants.ts';
import {
  CodecError,
  type FrameLayer,
  frameTooLarge,
  frameTooShort,
  invalidArgument,
} from '../errors.ts';
import { u32be, viewOf } from './big-endian.ts';
import { LENGTH_BYTES, PartialFrame } from './partial-frame.ts';

/** Options of both frame decoders. */
export interface FrameDecoderOptions {
  /** Largest frame taken, header included; 100 MiB (104857600) unless given. */
  readonly maxFrameBytes?: number;
  /**
   * Told of bytes that were copied into a frame and are all there is in their `buffer`: of chunks, as
   * a rule. Nothing of the decoder shows that memory any more.
   */
  readonly onSpent?: (chunk: Uint8Array) => void;
}

/**
 * Cuts a stream of bytes into frames that begin with their own total length (u32be).
 *
 * Frames that lie wholly inside a chunk are views on it; a frame that spans chunks is joined once.
 * A length outside the limits is refused as soon as its four bytes are in, before any allocation.
 */
export abstract class LengthPrefixedDecoder<Frame> {
  readonly #layer: FrameLayer;
  readonly #maxFrameBytes: number;
  readonly #partial: PartialFrame;
  #state: 'idle' | 'running' | 'failed' | 'stopped' = 'idle';

  constructor(layer: FrameLayer, headerBytes: number, options: FrameDecoderOptions) {
    const { maxFrameBytes = MAX_FRAME_BYTES } = options;
    if (!(maxFrameBytes >= headerBytes && maxFrameBytes <= MAX_FRAME_BYTES)) {
      throw invalidArgument('maxFrameBytes', `${headerBytes} to ${MAX_FRAME_BYTES}`);
    }
    this.#layer = layer;
    this.#maxFrameBytes = maxFrameBytes;
    this.#partial = new PartialFrame(options.onSpent);
  }

  /** Smallest length that is taken at this moment. */
  protected abstract get minFrameBytes(): number;

  /** Makes the frame of its bytes, length already checked; may throw a CodecError. */
  protected abstract frameOf(bytes: Uint8Array): Frame;

  /** Bytes held of a frame that has not arrived completely. */
  get bufferedBytes(): number {
    return this.#partial.bytes;
  }

  /** Declared total length of that frame; 0 while it is unknown. */
  get expectedBytes(): number {
    return this.#partial.declaredBytes;
  }

  /**
   * Takes the next bytes of the stream and hands over each frame that they complete, in order.
   *
   * `chunk` must not be overwritten afterwards: frames and held parts are views on it. An exception,
   * of this method or of `onFrame`, leaves the decoder unusable. Ignored after `stop()`.
   *
   * @throws CodecError `AMOP_CODEC_FRAME_TOO_SHORT`, `AMOP_CODEC_FRAME_TOO_LARGE`,
   *   `AMOP_CODEC_DECODER_UNUSABLE` (after an error, or called from within `onFrame`); on p2p also
   *   `AMOP_CODEC_TWELVE_BYTE_HEADER`
   */
  push(chunk: Uint8Array, onFrame: (frame: Frame) => void): void {
    if (this.#state === 'stopped') return;
    if (this.#state !== 'idle') throw this.#unusable();
    this.#state = 'running';
    try {
      this.#decode(chunk, onFrame);
      if (this.#state === 'running') this.#state = 'idle';
    } finally {
      if (this.#state === 'running') this.#state = 'failed';
      if (this.#state !== 'idle') this.#partial.clear();
    }
  }

  /** Ends decoding: no frame is handed over any more, not even by a `push` that is running. */
  stop(): void {
    if (this.#state !== 'running') this.#partial.clear();
    this.#state = 'stopped';
  }

  #decode(chunk: Uint8Array, onFrame: (frame: Frame) => void): void {
    let offset = this.#partial.bytes > 0 ? this.#resume(chunk, onFrame) : 0;
    while (chunk.length - offset >= LENGTH_BYTES && this.#state === 'running') {
      const length = u32be(chunk, offset);
      this.#checkLength(length);
      const end = offset + length;
      if (end > chunk.length) break;
      onFrame(this.frameOf(viewOf(chunk, offset, end)));
      offset = end;
    }
    if (offset < chunk.length && this.#state === 'running') {
      this.#partial.append(chunk, this.#partial.takeLength(chunk, offset));
    }
  }

  /** Goes on with the held frame; gives the offset of what follows it in `chunk`. */
  #resume(chunk: Uint8Array, onFrame: (frame: Frame) => void): number {
    const partial = this.#partial;
    const isLengthNew = partial.bytes < LENGTH_BYTES;
    const start = partial.takeLength(chunk, 0);
    if (partial.bytes < LENGTH_BYTES) return start;
    if (isLengthNew) this.#checkLength(partial.declaredBytes);
    const end = start + partial.declaredBytes - partial.bytes;
    if (end > chunk.length) {
      partial.append(chunk, start);
      return chunk.length;
    }
    onFrame(this.frameOf(partial.join(chunk, start, end)));
    return end;
  }

  #checkLength(length: number): void {
    if (length < this.minFrameBytes) throw frameTooShort(this.#layer, this.minFrameBytes, length);
    if (length > this.#maxFrameBytes) {
      throw frameTooLarge(this.#layer, this.#maxFrameBytes, length);
    }
  }

  #unusable(): CodecError<'AMOP_CODEC_DECODER_UNUSABLE'> {
    const reason = this.#state === 'running' ? 'nested' : 'failed';
    const why = reason === 'nested' ? 'is inside another push' : 'has failed before';
    return new CodecError('AMOP_CODEC_DECODER_UNUSABLE', `${this.#layer} decoder ${why}`, {
      layer: this.#layer,
      reason,
    });
  }
}
