// Slow and hostile neighbours: what one client or peer that misbehaves costs the others.
import { checkHugeFrames } from './neighbours/huge-frames.mjs';
import { checkManyHandshakes } from './neighbours/many-handshakes.mjs';
import { checkManyTopics } from './neighbours/many-topics.mjs';
import { checkPeerTopics } from './neighbours/peer-topics.mjs';
import { checkSilentReaders } from './neighbours/silent-readers.mjs';
import { checkStoppedReader } from './neighbours/stopped-reader.mjs';
import { checkUnfinishedTls } from './neighbours/unfinished-tls.mjs';

/** The cases by name; each ends by itself and all that it started. */
export const neighbours = {
  'stopped-reader': checkStoppedReader,
  'unfinished-tls': checkUnfinishedTls,
  'many-topics': checkManyTopics,
  'many-handshakes': checkManyHandshakes,
  'peer-topics': checkPeerTopics,
  'huge-frames': checkHugeFrames,
  'silent-readers': checkSilentReaders,
};
