import { Choices, fuzz } from '@amop/fuzz';
import { FilesScene } from './files-scene.ts';

// Offers and requests of strangers in any shape and order: honest files arrive whole, nothing else gets
// a name of theirs, everybody ends, and what is held stays within its bounds.
fuzz({
  name: 'client/files',
  maxBytes: 400,
  maxMs: 20_000,
  testRuns: 15,
  run: (input) => new FilesScene(new Choices(input)).play(),
});
