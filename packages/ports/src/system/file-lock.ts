import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';

/** Who holds a lock: `pid start`, the start as the system counts it, where it tells. */
type Holder = string;

/** Takes over from holders that are gone; more often than this others are quicker. */
const MAX_TAKEOVERS = 3;

let ownHolder: Promise<Holder> | undefined;
let drafts = 0;

/**
 * Creates a file that holds a place for this process; resolves with what removes it.
 *
 * A file of a process that is gone is in nobody's way: number and start of the process are written
 * into it, as another process may have got the same number since.
 *
 * @throws an Error with `code` `EBUSY` while a living process holds it, or what the disk answers
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  ownHolder ??= holderOf(process.pid);
  const own = await ownHolder;
  for (let takeovers = 0; takeovers < MAX_TAKEOVERS; takeovers++) {
    if (await create(path, own)) return once(() => release(path, own));
    const holder = await readHolder(path);
    if (holder !== undefined && (await isAlive(holder))) break;
    if (holder !== undefined) await discard(path, holder);
  }
  throw Object.assign(new Error(`EBUSY: ${path} is held by another process`), { code: 'EBUSY' });
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
  const draft = `${path}.${process.pid}-${drafts++}`;
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

/** Two that find the same dead holder: only one of them moves it away, the other one a newer lock, and puts it back. */
async function discard(path: string, holder: Holder): Promise<void> {
  const aside = `${path}.${process.pid}-${drafts++}`;
  try {
    await rename(path, aside);
    if ((await readHolder(aside)) === holder) await unlink(aside);
    else await rename(aside, path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
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
  const [digits = ''] = holder.split(' ');
  const pid = Number(digits);
  // Cut short as its process was ended while it wrote.
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return (await holderOf(pid)) === holder;
}

async function holderOf(pid: number): Promise<Holder> {
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
