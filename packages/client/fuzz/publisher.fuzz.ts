import { Choices, fuzz } from '@amop/fuzz';
import { PublisherScene } from './publisher-scene.ts';

// Nodes that name, hide, relay and change: nothing of a private topic leaves in the clear, only who
// holds an allowed key proves one, each call ends once and nothing is left behind.
fuzz({
  name: 'client/publisher',
  maxBytes: 400,
  maxMs: 20_000,
  testRuns: 25,
  run: (input) => new PublisherScene(new Choices(input)).play(),
});
