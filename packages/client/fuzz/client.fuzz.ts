import { Choices, fuzz } from '@amop/fuzz';
import { ClientScene } from './client-scene.ts';

// Nodes that say anything: each call ends once and with a code, and nothing is left behind.
fuzz({
  name: 'client/session',
  maxBytes: 1_000,
  maxMs: 20_000,
  testRuns: 60,
  run: (input) => new ClientScene(new Choices(input)).play(),
});
