// In a process of its own, to be killed: node child.mjs OPTIONS (JSON, see file-child.ts). Tells how far it is over IPC.
import { openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from '@amop/client';

const LOOK_MS = 2;

const { counterFile, directory, nodes, role, sdkFolder, source, stateDirectory, topic } =
  JSON.parse(process.argv[2]);
const options = {
  nodes,
  tls: { directory: sdkFolder },
  connectTimeoutMs: 30_000,
  // Nodes are killed one soon after the other: what a link waits for longer is not looked at here.
  reconnect: { maxDelayMs: 500 },
};
process.on('disconnect', () => process.exit());
await (role === 'send' ? send() : receive());

async function send() {
  const served = await countServed();
  const client = await connect({ ...options, ports: { files: served.files } });
  const { hash } = await client.sendFile(topic, source, {
    stateDirectory,
    onProgress: ({ phase }) => {
      if (phase === 'hashing') served.forget();
    },
  });
  process.send({ sent: hash });
}

/** Writes each chunk down once it was read, before it is served: a counter would die with its process. */
async function countServed() {
  const ofClient = createRequire(import.meta.resolve('@amop/client'));
  const { systemFileSystem } = await import(ofClient.resolve('@amop/ports/system'));
  const counter = openSync(counterFile, 'w');
  const cell = Buffer.alloc(8);
  let bytes = 0;
  const note = (now) => {
    bytes = now;
    cell.writeDoubleBE(bytes);
    writeSync(counter, cell, 0, cell.length, 0);
  };
  const open = async (path, mode) => {
    const file = await systemFileSystem.open(path, mode);
    if (path !== source) return file;
    return {
      read: async (target, position) => {
        const read = await file.read(target, position);
        note(bytes + read);
        return read;
      },
      write: (piece, position) => file.write(piece, position),
      stat: () => file.stat(),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  };
  return { files: { ...systemFileSystem, open }, forget: () => note(0) };
}

async function receive() {
  const client = await connect(options);
  let start;
  await client.receiveFiles(topic, {
    directory,
    onEvent: ({ kind, bytes }) => {
      if (kind === 'started') start = { there: bytes, came: client.counters().bytesReceived };
    },
  });
  process.send({ receives: true });
  let told = 0;
  // Events are too rare for a file that is here in a moment.
  setInterval(() => {
    if (start === undefined) return;
    const received = start.there + client.counters().bytesReceived - start.came;
    if (received > told) process.send({ received });
    told = received;
  }, LOOK_MS);
}
