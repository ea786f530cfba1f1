import type { Clock, Connection, PortsError } from '@amop/ports';

/** What came first on a connection. */
export type FirstFrame<Frame> =
  | { readonly kind: 'frame'; readonly frame: Frame }
  /** Bytes that are no frame. */
  | { readonly kind: 'undecodable'; readonly error: unknown }
  /** The other side has ended it. */
  | { readonly kind: 'ended'; readonly error: PortsError | undefined }
  /** Nothing within the time. */
  | { readonly kind: 'silent' };

/** What cuts bytes into frames. */
interface Decoder<Frame> {
  push(chunk: Uint8Array, onFrame: (frame: Frame) => void): void;
}

/** Waits for the first frame of the other side; the connection stays open. */
export function firstFrame<Frame>(
  connection: Connection,
  decoder: Decoder<Frame>,
  { clock, waitMs }: { readonly clock: Clock; readonly waitMs: number },
): Promise<FirstFrame<Frame>> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(() => resolve({ kind: 'silent' }), waitMs);
    const settle = (first: FirstFrame<Frame>): void => {
      clock.clearTimer(timer);
      resolve(first);
    };
    connection.attach({
      onData: (chunk) => {
        try {
          decoder.push(chunk, (frame) => settle({ kind: 'frame', frame }));
        } catch (error) {
          settle({ kind: 'undecodable', error });
        }
      },
      onDrain: () => undefined,
      onClose: (error) => settle({ kind: 'ended', error }),
    });
  });
}
