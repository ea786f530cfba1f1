import { connect, type PrivateTopic } from '@amop/client';
import { generateKeyPair } from '@amop/crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { runAmop } from '../../src/commands/program.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
beforeAll(async () => {
  nodes = await startTwoNodes();
});
afterAll(() => nodes.stop());

const OURS = generateKeyPair('secp256k1');
const THEIRS = generateKeyPair('secp256k1');

async function amop(...args: string[]) {
  const terminal = fakeTerminal();
  const exitCode = await runAmop(args, terminal);
  return { exitCode, out: terminal.stdoutText() };
}

async function application(options: readonly string[]) {
  const [, node = '', , directory = ''] = options;
  const client = await connect({ nodes: node, tls: { directory } });
  onTestFinished(() => client.close());
  return client;
}

/** A subscriber at bank B that trusts `trusted`, and a publisher at bank A; resolves when its proof has an outcome. */
async function scene(name: string, trusted = OURS): Promise<PrivateTopic> {
  const subscriber = await application(nodes.bankB);
  const publishers = [trusted.publicKey];
  await subscriber.subscribePrivate(name, { privateKey: THEIRS.privateKey, publishers });
  const publisher = await application(nodes.bankA);
  const told = new Promise((resolve) => publisher.on('proof', resolve));
  const keys = { privateKey: OURS.privateKey, publicKeys: [THEIRS.publicKey] };
  const topic = publisher.privateTopic(name, keys);
  await told;
  return topic;
}

/** What the node of bank A says of the topic, once the outcome of the proof has reached it. */
async function settled(name: string, state: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { out } = await amop('private', name, '--json', '--admin', nodes.adminA);
    const [first = '{}'] = out.split('\n');
    const pair = JSON.parse(first);
    if (pair.state === state) return pair;
  }
}

test('a subscriber that has proved its key: proven, at whose node, until when', async () => {
  await scene('v.proven');
  const before = Date.now();
  expect(await settled('v.proven', 'proven')).toMatchObject({
    seenFrom: nodes.adminA,
    topic: 'v.proven',
    publisher: { kind: 'application', agency: 'bankA', name: 'sdk' },
    node: { nodeId: nodes.nodeIdB, agency: 'bankB', name: 'node0' },
    route: expect.stringMatching(/^[0-9a-f]{8}$/),
    untilMs: expect.toSatisfy((ms: number) => ms > before && ms < before + 700_000),
  });
  const { out } = await amop('private', '--admin', nodes.adminA);
  expect(out).toMatch(/v\.proven +bankA sdk session \d+ +bankB node0 [0-9a-f]{8}\.\.\. /);
});

test('a subscriber that does not take the publisher: refused, and when it is asked again', async () => {
  await scene('v.refused', generateKeyPair('secp256k1'));
  expect(await settled('v.refused', 'refused')).toMatchObject({ untilMs: expect.any(Number) });
});

test('nobody on the other side, nobody at all', async () => {
  await scene('v.nobody');
  const atB = await amop('private', 'v.nobody', '--admin', nodes.adminB);
  expect(atB.out).toMatch(/v\.nobody +- +bankB node0 [0-9a-f]{8}\.\.\. +[0-9a-f]{8} +no-publisher/);
  const none = await amop('private', 'v.other', '--admin', nodes.adminA);
  expect(none).toEqual({
    exitCode: 0,
    out: 'nobody publishes or subscribes privately on "v.other"\n',
  });
});

test('topics and subscribers find it by its name, as private', async () => {
  await scene('v.named');
  await settled('v.named', 'proven');
  const subscribers = await amop('subscribers', 'v.named', '--admin', nodes.adminA);
  expect(subscribers.out).toMatch(/bankB +node0 +1 +yes, 1 proven +node /);
  const { out } = await amop('topics', '--admin', nodes.adminA);
  expect(out).toMatch(/v\.named \(private\) +0 +1 +1$/m);
  expect(out).not.toContain('VerifyChannel');
});
