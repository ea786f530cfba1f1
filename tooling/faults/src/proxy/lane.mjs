import { connect, createServer } from 'node:net';
import { Direction } from './direction.mjs';

/** @type {Readonly<import('./direction.mjs').Conditions>} */
const CLEAR = { delayMs: 0, jitterMs: 0, bytesPerSecond: 0, isStalled: false };
/** An end travels like bytes. */
const SOCKET_OPTIONS = { allowHalfOpen: true, noDelay: true };

/** A port that leads to another host; its connections can be made slow, silent and short. */
export class Lane {
  #target;
  #random;
  #up = CLEAR;
  #down = CLEAR;
  #server;
  /** @type {Set<{ up: Direction, down: Direction, reset: () => void }>} */
  #connections = new Set();

  /**
   * @param {{ host: string, port: number }} target
   * @param {import('../random.mjs').Random} random
   */
  constructor(target, random) {
    this.#target = target;
    this.#random = random;
  }

  /**
   * Begins to accept.
   *
   * @returns {Promise<number>} the port
   */
  listen(host, port) {
    this.#server = createServer(SOCKET_OPTIONS, (near) => this.#join(near));
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => resolve(this.#server.address().port));
    });
  }

  /** Resets all connections and accepts no more. */
  close() {
    this.#server.close();
    for (const { reset } of [...this.#connections]) reset();
  }

  /**
   * Changes conditions of one direction, `up` being towards the target; what is left out becomes clear.
   *
   * @param {{ up?: Partial<import('./direction.mjs').Conditions>, down?: Partial<import('./direction.mjs').Conditions> }} conditions
   */
  set({ up, down }) {
    this.#up = { ...CLEAR, ...up };
    this.#down = { ...CLEAR, ...down };
    for (const each of this.#connections) {
      each.up.flush();
      each.down.flush();
    }
  }

  /**
   * Resets every open connection after so many more bytes of one direction.
   *
   * @param {'up' | 'down'} side
   * @param {number} bytes
   * @returns {number} how many connections there are
   */
  cut(side, bytes) {
    for (const each of this.#connections) each[side].cutAfter(bytes);
    return this.#connections.size;
  }

  /** Changes a byte of one direction in every open connection. */
  corrupt(side) {
    for (const each of this.#connections) each[side].corrupt();
  }

  #join(near) {
    const far = connect({ ...this.#target, ...SOCKET_OPTIONS });
    const reset = () => {
      // Whoever has been stalled meanwhile has no say any more.
      for (const each of [near, far]) if (!each.destroyed) each.resetAndDestroy();
      connection.up.stop();
      connection.down.stop();
      this.#connections.delete(connection);
    };
    const random = this.#random;
    const connection = {
      reset,
      up: new Direction(near, far, { conditions: () => this.#up, random, reset }),
      down: new Direction(far, near, { conditions: () => this.#down, random, reset }),
    };
    this.#connections.add(connection);
    const closed = () => {
      if (near.destroyed && far.destroyed) this.#connections.delete(connection);
    };
    near.on('close', closed);
    far.on('close', closed);
  }
}
