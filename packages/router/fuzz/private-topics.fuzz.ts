import { Choices, fuzz } from '@amop/fuzz';
import { PrivateScene } from './private-scene.ts';

// Markers, routes, verdicts, grants and time in any order: nobody gets what its sender has not allowed him.
fuzz({
  name: 'router/private-topics',
  maxBytes: 600,
  run: (input) => new PrivateScene(new Choices(input)).play(),
});
