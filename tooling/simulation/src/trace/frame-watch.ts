import { ChannelFrameDecoder, ChannelType, P2pFrameDecoder } from '@amop/codec';
import type { Cable, WireWatch } from '../machine/cabling.ts';
import { P2P_PORT } from '../run/cast.ts';
import { describeChannelFrame, describeP2pFrame } from './describe-frame.ts';

/** Takes the bytes of one direction of a cable. */
type Reader = (bytes: Uint8Array) => void;

/** Writes a line for each frame that is given to a link; heartbeats of channels are left out. */
export function watchFrames(line: (from: string, to: string, text: string) => void): WireWatch {
  const readers = new Map<Cable, Record<'dialer' | 'acceptor', Reader>>();
  return (cable, side, bytes) => {
    let pair = readers.get(cable);
    if (pair === undefined) {
      const { from, to } = cable;
      pair = {
        dialer: readerOf(cable, (text) => line(from, to, text)),
        acceptor: readerOf(cable, (text) => line(to, from, text)),
      };
      readers.set(cable, pair);
    }
    pair[side](bytes);
  };
}

function readerOf({ link }: Cable, line: (text: string) => void): Reader {
  let isReadable = true;
  const reader = link.dialer.remotePort === P2P_PORT ? p2pReader(line) : channelReader(line);
  return (bytes) => {
    if (!isReadable) return;
    try {
      reader(bytes);
    } catch (error) {
      isReadable = false;
      line(`bytes that are no frames: ${error instanceof Error ? error.message : ''}`);
    }
  };
}

function channelReader(line: (text: string) => void): Reader {
  const decoder = new ChannelFrameDecoder();
  return (bytes) =>
    decoder.push(bytes.slice(), (frame) => {
      if (frame.type !== ChannelType.heartbeat) line(describeChannelFrame(frame));
    });
}

function p2pReader(line: (text: string) => void): Reader {
  const decoder = new P2pFrameDecoder();
  return (bytes) => decoder.push(bytes.slice(), (frame) => line(describeP2pFrame(frame)));
}
