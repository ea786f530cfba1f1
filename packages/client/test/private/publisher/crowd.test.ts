import { ChannelType, challengeRoute, createBoundRouteId, readAmopBody } from '@amop/codec';
import { SeededRandom } from '@amop/testkit';
import { expect, test } from 'vitest';
import { RouteBook } from '../../../src/private/publisher/route-book.ts';
import { FAR_NODE, PrivateScene } from '../../support/private-scene.ts';

const { request: REQUEST } = ChannelType;
const ROUND_MS = 5_000;
const OTHER_NODE = 'e'.repeat(128);

test('a thousand silent routes of a node hold up no honest subscriber, there or elsewhere', async () => {
  const scene = new PrivateScene();
  await scene.connect();
  const [there, elsewhere] = [scene.subscriber(), scene.subscriber({ nodeId: OTHER_NODE })];
  const topic = await scene.open([there, elsewhere]);
  const owners = new Set<string>([there.route, elsewhere.route]);
  const usual = scene.node.scripts.get(REQUEST);
  scene.node.scripts.set(REQUEST, (frame, session) => {
    if (owners.has(readAmopBody(frame.data).topic)) usual?.(frame, session);
  });
  for (let count = 0; count < 1_000; count++) {
    const id = createBoundRouteId(scene.world.random.bytes(16));
    const route = challengeRoute({ payload: scene.payload, id });
    await scene.ask({ route, nodeId: FAR_NODE });
  }
  await scene.ask(elsewhere);
  expect(topic.subscribers()).toMatchObject([{ key: elsewhere.key }]);
  await scene.ask(there);
  await scene.world.pass(2 * ROUND_MS, 500);
  expect(topic.subscribers()).toHaveLength(2);
});

const payload = new PrivateScene().payload;
function known(
  book: RouteBook,
  index: number,
  nodeId: string = FAR_NODE,
): ReturnType<RouteBook['add']> {
  const id = index.toString(16).padStart(32, '0');
  return book.add(challengeRoute({ payload, id }), id, nodeId);
}
function fill(book: RouteBook, count: number, nodeId: string = FAR_NODE): void {
  for (let index = 0; index < count; index++) known(book, index, nodeId);
}
const SILENT = { reason: 'silent', isTransient: true };

test('a newcomer has the place of a silent one, that comes back for none but a silent one', () => {
  const book = new RouteBook({ random: new SeededRandom(1) });
  fill(book, 256);
  const all = [...book.all];
  const [first, second] = all;
  first?.fail(SILENT, 0);
  first?.fail(SILENT, 0);
  second?.fail(SILENT, 0);
  expect(known(book, 1_000)).toBeDefined();
  expect(first && book.has(first)).toBe(false);
  expect(known(book, 1_001)).toBeDefined();
  expect(second && book.has(second)).toBe(false);
  // None of the others has failed yet.
  expect(known(book, 0)).toBeUndefined();
  for (const route of all) if (route !== second) route.fail(SILENT, 0);
  expect(known(book, 1)).toMatchObject({ failures: 1, failure: SILENT });
  expect(book.size).toBe(256);
});

test('who is proven, or has the question, keeps its place; with none left a newcomer has none', () => {
  const book = new RouteBook({ random: new SeededRandom(1) });
  fill(book, 256);
  const all = [...book.all];
  for (const route of all) route.isChallenged = true;
  expect(known(book, 1_000)).toBeUndefined();
  // What is proven is not of the crowd.
  all[0]?.succeed({ key: '', seal: undefined }, { nowMs: 0, wallMs: 0 });
  expect(known(book, 1_000)).toBeDefined();
  expect(book.size).toBe(257);
});

test('when all is full, the node with the largest crowd gives up a route', () => {
  const book = new RouteBook({ random: new SeededRandom(1) });
  fill(book, 256, '1'.repeat(128));
  fill(book, 255, '2'.repeat(128));
  fill(book, 255, '3'.repeat(128));
  fill(book, 234, '4'.repeat(128));
  expect(book.size).toBe(1_000);
  expect(known(book, 0, OTHER_NODE)).toBeDefined();
  const left = [...book.all].filter(({ nodeId }) => nodeId === '1'.repeat(128));
  expect(left).toHaveLength(255);
  expect(book.size).toBe(1_000);
});
