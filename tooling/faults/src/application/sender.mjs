import { encodeMessageText, readAnswerText } from '@amop/simulation/judge';

/** Sends messages that tell which they are, and writes down how each ends. */
export class Sender {
  #client;
  #history;
  #name;
  #sent = 0;

  /**
   * @param {import('@amop/client').AmopClient} client
   * @param {import('./history-file.mjs').HistoryFile} history
   * @param {string} name of the application; the ids of its messages begin with it
   */
  constructor(client, history, name) {
    this.#client = client;
    this.#history = history;
    this.#name = name;
  }

  /**
   * Never rejects.
   *
   * @param {string} topic
   * @param {{ bytes: number, timeoutMs: number, abortMs?: number, claims?: object }} options `claims`: what the
   *   judge is to be told besides, such as `mustSucceed`
   */
  async request(topic, { bytes, timeoutMs, abortMs, claims }) {
    const message = this.#nextId();
    const body = encodeMessageText(message, bytes);
    const signal = abortMs === undefined ? undefined : AbortSignal.timeout(abortMs);
    this.#history.write({ kind: 'request', message, topic, timeoutMs, ...claims });
    try {
      const reply = await this.#client.request(topic, body, {
        timeoutMs,
        ...(signal !== undefined && { signal }),
      });
      const run = readAnswerText(reply.body);
      this.#history.write({ kind: 'success', message, ...(run !== undefined && { run }) });
    } catch (error) {
      this.#failed(message, error);
    }
  }

  /** Never rejects. */
  async publish(topic, { bytes, timeoutMs, claims }) {
    const message = this.#nextId();
    const body = encodeMessageText(message, bytes);
    this.#history.write({ kind: 'publish', message, topic, timeoutMs, ...claims });
    try {
      await this.#client.publish(topic, body, { timeoutMs });
      this.#history.write({ kind: 'success', message });
    } catch (error) {
      this.#failed(message, error);
    }
  }

  #failed(message, error) {
    if (error.name !== 'ClientError') throw error;
    const { code, details } = error;
    const { hop, maybeDelivered: told, reason, seq } = details;
    this.#history.write({ kind: 'failure', message, code, told, hop, reason, seq });
  }

  #nextId() {
    this.#sent += 1;
    return `${this.#name}/${this.#sent}`;
  }
}
