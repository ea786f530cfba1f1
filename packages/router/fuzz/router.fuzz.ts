import { Choices, expectSame, fuzz } from '@amop/fuzz';
import { RouterWorld } from './router-world.ts';

/** Time after which everything has ended, in ms: the longest deadline, and more. */
const END_MS = 40_000;

// Any calls in any order: each request has one outcome, and nothing is left behind.
fuzz({
  name: 'router/calls',
  maxBytes: 500,
  run: (input) => {
    const choices = new Choices(input);
    const world = new RouterWorld(choices);
    while (choices.hasMore) {
      world.step();
      expectSame(world.router.pending, world.open, 'pending and open requests');
    }
    if (choices.bool()) world.endAll();
    for (let passed = 0; passed <= END_MS; passed += 2_500) world.pass(2_500);
    world.checkEnd();
  },
});
