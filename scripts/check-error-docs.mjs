// Compares the error codes in the packages' errors.ts with the headings of docs/errors.md, both ways.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => join(root, parent, name, 'src/errors.ts')),
);

const inCode = new Set();
for (const file of sources) {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  for (const [, code] of text.matchAll(/\b(AMOP_[A-Z0-9]+_[A-Z0-9_]+)\b/g)) inCode.add(code);
}
const docs = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const inDocs = new Set([...docs.matchAll(/^### `(AMOP_[A-Z0-9_]+)`$/gm)].map(([, code]) => code));

const undocumented = [...inCode].filter((code) => !inDocs.has(code));
const unknown = [...inDocs].filter((code) => !inCode.has(code));
for (const code of undocumented) console.error(`${code} has no heading in docs/errors.md`);
for (const code of unknown) console.error(`docs/errors.md describes ${code}, which no package has`);
if (undocumented.length + unknown.length > 0) process.exit(1);
console.log(`${inCode.size} error codes, each with its heading in docs/errors.md`);
