import { Choices, fuzz } from '@amop/fuzz';
import { Scene } from './scene.ts';

// Any bytes on both ports, split anywhere, with time passing: nobody else notices, and nothing is left behind.
fuzz({
  name: 'node/sessions',
  maxBytes: 1_200,
  maxMs: 20_000,
  testRuns: 40,
  run: async (input) => {
    const scene = await Scene.begin(new Choices(input));
    await scene.play();
  },
});
