import { SEALED_MARK } from '../history/message-text.ts';
import type { Cable, WireWatch } from './cabling.ts';

const MARK = Buffer.from(SEALED_MARK);

/**
 * Looks for the mark of sealed messages in everything that is given to a link. It is part of each such
 * message and answer, so that it is seen as soon as a byte more than the seal lets through is in the clear.
 *
 * @param found told between whom, once for each link
 */
export function watchForClearText(found: (from: string, to: string) => void): WireWatch {
  const tails = new WeakMap<Cable, Record<'dialer' | 'acceptor', Uint8Array>>();
  const known = new WeakSet<Cable>();
  return (cable, side, bytes) => {
    if (known.has(cable)) return;
    let pair = tails.get(cable);
    if (pair === undefined) {
      pair = { dialer: new Uint8Array(0), acceptor: new Uint8Array(0) };
      tails.set(cable, pair);
    }
    const tail = pair[side];
    const written = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const seam = Buffer.concat([tail, written.subarray(0, MARK.length - 1)]);
    const whole = bytes.length < MARK.length ? seam : written;
    // A copy: whoever writes may use its memory again.
    pair[side] = Uint8Array.from(whole.subarray(Math.max(0, whole.length - MARK.length + 1)));
    if (!seam.includes(MARK) && !written.includes(MARK)) return;
    known.add(cable);
    const { from, to } = cable;
    if (side === 'dialer') found(from, to);
    else found(to, from);
  };
}
