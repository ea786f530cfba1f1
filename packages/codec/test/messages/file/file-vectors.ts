import { readFileSync } from 'node:fs';
import type { OfferVerdict } from '../../../src/messages/file/offer-verdict.ts';
import type { TransferEnd } from '../../../src/messages/file/transfer-request.ts';

/** The fields of each frame as the vectors have them; all bytes as hex digits. */
interface FrameFields {
  readonly offer: {
    readonly transfer: string;
    readonly toAll: boolean;
    readonly receiver?: string;
    readonly secret: string;
    readonly root: string;
    readonly size: number;
    readonly chunkBytes: number;
    readonly name: string;
  };
  readonly answer: {
    readonly transfer: string;
    readonly receiver: string;
    readonly verdict: OfferVerdict;
    readonly reason: string;
  };
  readonly request: { readonly receiver: string; readonly attempt: number } & (
    | { readonly kind: 'join'; readonly have: number }
    | {
        readonly kind: 'pull';
        readonly have: number;
        readonly index: number;
        readonly isCheck: boolean;
      }
    | { readonly kind: 'report'; readonly end: TransferEnd; readonly reason: string }
  );
  readonly reply:
    | { readonly kind: 'ok' }
    | { readonly kind: 'chunk'; readonly path: readonly string[]; readonly bytes: string }
    | { readonly kind: 'refused' | 'later'; readonly reason: string };
  readonly 'sealed-request': Envelope;
  readonly 'sealed-reply': Envelope;
}

interface Envelope {
  readonly party: string;
  readonly run: string;
  readonly counter: number;
  readonly sealed: string;
}

/** One frame of a transfer, or one text that is sealed in a frame. */
export interface FileVector<Frame extends keyof FrameFields> {
  readonly name: string;
  readonly frame: Frame;
  readonly fields: FrameFields[Frame];
  readonly hex: string;
}

/** The vectors of one kind of frame, made by another implementation: see their `source`. */
export function fileVectors<Frame extends keyof FrameFields>(frame: Frame): FileVector<Frame>[] {
  const url = new URL('../../vectors/file-transfer.json', import.meta.url);
  const all = JSON.parse(readFileSync(url, 'utf8')) as FileVector<Frame>[]; // of known shape
  return all.filter((vector) => vector.frame === frame);
}
