/** Lines of a way that are shown at most. */
const MAX_LINES = 80;
/** Subscriptions that changed so long before the first line of the way belong to it, in ms. */
const BEFORE_MS = 2_000;
/** A seq as it is shown. */
const SEQ = / ([0-9a-f]{4}\.\.[0-9a-f]{6}) /;
const TOPIC = / topic=(\S+)/;

/**
 * Lines of a trace about one message: by its id, by the seq under which it travels, and changes of the subscriptions to
 * its topic meanwhile. A line of another message under the same seq is marked.
 */
export function wayOf(message: string, lines: readonly string[]): string[] {
  const name = new RegExp(`\\b${message}\\b`);
  const named = lines.filter((line) => name.test(line));
  const [first = '', last = ''] = [named[0], named.at(-1)];
  const seqs = new Set(named.flatMap((line) => SEQ.exec(line)?.[1] ?? []));
  const topic = TOPIC.exec(first)?.[1];
  const [fromMs, toMs] = [timeOf(first), timeOf(last)];
  const way = lines.flatMap((line) => {
    if (name.test(line)) return line;
    const atMs = timeOf(line);
    if (atMs > toMs || atMs < fromMs - BEFORE_MS) return [];
    if (isChangeOf(topic, line)) return line;
    const seq = SEQ.exec(line)?.[1];
    return seq !== undefined && seqs.has(seq) && atMs >= fromMs ? `${line}  [same seq]` : [];
  });
  return way.length > MAX_LINES ? [...way.slice(0, MAX_LINES), '…'] : way;
}

function isChangeOf(topic: string | undefined, line: string): boolean {
  if (topic === undefined) return false;
  return new RegExp(`  (un)?subscribed? topic=${topic}$`).test(line) || isAnnouncement(topic, line);
}

function isAnnouncement(topic: string, line: string): boolean {
  return line.includes('topic counts') && line.includes(`"${topic}"`);
}

function timeOf(line: string): number {
  return Number.parseFloat(line) * 1_000;
}
