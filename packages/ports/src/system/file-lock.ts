import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';

/** Who holds a lock: `pid start id`, the start as the system counts it, where it tells; the id is this lock's alone. */
type Holder = string;

/** Comes back to the beginning as others were quicker; more often than this they have it. */
const MAX_ATTEMPTS = 10;

let ownProcess: Promise<string> | undefined;

/**
 * Creates a file that holds a place for this process; resolves with what removes it.
 *
 * A file of a process that is gone is in nobody's way: number and start of the process are written
 * into it, as another process may have got the same number since.
 *
 * @throws an Error with `code` `EBUSY` while a living process holds it, or what the disk answers
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  ownProcess ??= processOf(process.pid);
  const own = `${await ownProcess} ${randomUUID()}`;
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    if ((await create(path, own)) || (await inherit(path, own)))
      return once(() => release(path, own));
  }
  throw busy(path);
}

/**
 * Takes the place of a holder that is gone; false where the file changed meanwhile.
 *
 * A file that is removed, or moved away, by its name alone may be a newer one than that which was
 * read. So nobody removes a dead holder's: its heir is who creates the one file that is named after
 * it, and the heir's own takes the place of the dead one's in one step. An heir that died before
 * that has an heir in turn.
 */
async function inherit(path: string, own: Holder): Promise<boolean> {
  const first = await readHolder(path);
  const passed: string[] = [];
  for (let holder = first; holder !== undefined; ) {
    if (await isAlive(holder)) throw busy(path);
    const heir = heirPath(path, holder);
    if (await create(heir, own)) return replace(path, first, heir, passed);
    holder = await readHolder(heir);
    passed.push(heir);
  }
  return false;
}

/** Ids are never used again: with the first still there, whoever could have come between is dead. */
async function replace(
  path: string,
  first: Holder | undefined,
  heir: string,
  passed: readonly string[],
): Promise<boolean> {
  try {
    if ((await readHolder(path)) !== first) return false;
    await rename(heir, path);
  } finally {
    await rm(heir, { force: true });
  }
  // One that stays is in nobody's way: what it is named after does not come back.
  await Promise.allSettled(passed.map((dead) => unlink(dead)));
  return true;
}

function heirPath(path: string, dead: Holder): string {
  return `${path}.after-${createHash('sha256').update(dead).digest('hex').slice(0, 32)}`;
}

function busy(path: string): Error {
  return Object.assign(new Error(`EBUSY: ${path} is held by another process`), { code: 'EBUSY' });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

/** Whole from the first moment on: whoever finds it reads who holds it. */
async function create(path: string, own: Holder): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, own, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

async function release(path: string, own: Holder): Promise<void> {
  if ((await readHolder(path)) === own) await unlink(path);
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  const [digits = '', start = ''] = holder.split(' ');
  const pid = Number(digits);
  // Cut short as its process was ended while it wrote.
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return (await processOf(pid)) === `${pid} ${start}`;
}

async function processOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may hold anything; the start is the 20th field after it.
    const start = text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
    return `${pid} ${start}`;
  } catch {
    return `${pid} -`;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
