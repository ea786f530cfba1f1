// Ends the process with one clear line where Node.js is older than package.json allows.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [needed, actual] = [engines.node, process.versions.node].map((text) =>
  text.replace('>=', '').split('.').map(Number),
);
const older = actual[0] < needed[0] || (actual[0] === needed[0] && actual[1] < (needed[1] || 0));
if (older) {
  console.error(
    `This needs Node.js ${needed.join('.')} or newer; here is ${process.versions.node}. Get one from https://nodejs.org.`,
  );
  process.exit(1);
}
