import type { Received } from './application.ts';

/** Time for a message to arrive: far above what any takes, so that only a lost one meets it. */
const DEADLINE_MS = 30_000;

/** What an application has got, by topic. */
export class Inboxes {
  readonly #received: Map<string, Received[]> = new Map();
  readonly #waiting: Set<() => void> = new Set();

  of(topic: string): readonly Received[] {
    return this.#received.get(topic) ?? [];
  }

  add(topic: string, message: Received): void {
    const inbox = this.#received.get(topic);
    if (inbox === undefined) this.#received.set(topic, [message]);
    else inbox.push(message);
    for (const look of [...this.#waiting]) look();
  }

  /** @throws Error after the deadline */
  reaches(topic: string, count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.of(topic).length < count) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${this.of(topic).length} of ${count} messages came on ${topic}`));
      }, DEADLINE_MS);
      this.#waiting.add(look);
      look();
    });
  }
}
