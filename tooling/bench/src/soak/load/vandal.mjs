// Whoever does not behave, with the bytes of original SDKs and nodes: cut connections, broken frames, no answers.
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  encodeBody,
  encodeFrame,
  HEARTBEAT,
  RawChannel,
  SUBSCRIBE,
} from '../../accept/raw-channel.mjs';
import { RawPeer } from '../../accept/raw-peer.mjs';
import { readNode, readSdk } from '../../accept/raw-tls.mjs';
import { mixedBody } from './bodies.mjs';
import { readSlowly } from './slow-reader.mjs';
import { freshTopic, MUTE } from './topics.mjs';
import { closeClients, endLoad, pace, report, tally } from './worker.mjs';

const CUTS_PER_S = 3;
const HEARTBEAT_MS = 10_000;
const REQUEST = 0x30;
const TOPICS_OF_A_PEER = 50;
/** Longer than a message takes on loopback, so that some of it is under way when the connection is cut. */
const MOMENT_MS = 20;

let hosts;
let guestFolder;
let silent;

/** The subscriber that never answers; it is there before anybody asks. */
export async function open(given) {
  ({ guestFolder, hosts } = given);
  const [, host] = hosts;
  silent = await RawChannel.connect(host.port, readSdk(host.sdkFolder));
  await silent.subscribe([MUTE]);
  void silent.closed.then(() => {
    if (!pace.ending.aborted) tally.fault('silent subscriber', 'CUT', 'the node cut it');
  });
}

export function load({ rate }) {
  pace.round(async () => {
    await pace.pass(HEARTBEAT_MS);
    silent.send(HEARTBEAT, '0');
  });
  const cuts = Object.entries(CUTS);
  pace.every(CUTS_PER_S * rate, (i) => {
    const [kind, cut] = cuts[i % cuts.length];
    return tally.count(`cut: ${kind}`, () =>
      cut(hosts[Math.floor(i / cuts.length) % hosts.length]),
    );
  });
  pace.round((i) => tally.count('cut: peer', () => visitAsPeer(hosts[i % hosts.length])));
  pace.round((i) => readSlowly(hosts[0], i));
}

/** Each leaves a connection in another state. */
const CUTS = {
  tcp: async ({ port }) => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('no hello of TLS');
    await once(socket, 'close');
  },
  'at once': async (host) => (await channelTo(host)).close(),
  'half a frame': async (host) => {
    const channel = await channelTo(host);
    const frame = encodeFrame(REQUEST, encodeBody(MUTE, mixedBody()));
    await channel.write(frame.subarray(0, frame.length >> 1));
    await pace.pass(MOMENT_MS);
    channel.close();
  },
  'requests pending': async (host) => {
    const channel = await channelTo(host);
    for (let i = 0; i < 5; i++) channel.send(REQUEST, encodeBody(MUTE, mixedBody()));
    await pace.pass(MOMENT_MS);
    channel.close();
  },
  subscribed: async (host) => {
    const channel = await channelTo(host);
    channel.send(SUBSCRIBE, JSON.stringify([freshTopic('cut'), freshTopic('cut')]));
    await pace.pass(MOMENT_MS);
    channel.close();
  },
};

function channelTo({ port, sdkFolder }) {
  return RawChannel.connect(port, readSdk(sdkFolder));
}

/** A node of another agency comes, announces topics and is cut. */
async function visitAsPeer({ p2pPort }) {
  const peer = await RawPeer.dial(p2pPort, readNode(guestFolder));
  const topics = Array.from({ length: TOPICS_OF_A_PEER }, () => `\t${freshTopic('peer')}`);
  await peer.announce(Buffer.from(topics.join('')));
  await pace.pass(1_000);
  peer.close();
  await peer.closed;
}

/** Ends the raw connections too. */
export function close() {
  silent.close();
  return closeClients();
}

export { endLoad, report };
