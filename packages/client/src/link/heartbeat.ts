import type { Clock, TimerHandle } from '@amop/ports';

/** A heartbeat goes out this often: an original node closes a channel that is idle for 60 s. */
const HEARTBEAT_INTERVAL_MS = 10_000;

/** A link with more whole intervals than this without a byte from the node is dead: after 30 to 40 s. */
const MAX_SILENT_INTERVALS = 3;

/** What a heartbeat does. */
export interface HeartbeatActions {
  readonly beat: () => void;
  readonly dead: () => void;
}

/** Keeps a link alive and notices when it is not. One timer for each link, nothing for each message. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #actions: HeartbeatActions;
  #timer: TimerHandle | undefined;
  #silentIntervals = 0;
  #reading = true;

  constructor(actions: HeartbeatActions, dependencies: { readonly clock: Clock }) {
    this.#actions = actions;
    this.#clock = dependencies.clock;
  }

  /** Starts the timer. */
  start(): void {
    this.stop();
    this.#timer = this.#clock.setTimer(this.#tick, HEARTBEAT_INTERVAL_MS);
  }

  /** Stops the timer. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  /** Bytes came in. */
  heard(): void {
    this.#silentIntervals = 0;
  }

  /** While this side does not read, silence says nothing about the other. */
  setReading(reading: boolean): void {
    this.#reading = reading;
    this.#silentIntervals = 0;
  }

  readonly #tick = (): void => {
    this.#timer = this.#clock.setTimer(this.#tick, HEARTBEAT_INTERVAL_MS);
    if (this.#reading && ++this.#silentIntervals > MAX_SILENT_INTERVALS) {
      this.stop();
      this.#actions.dead();
    } else {
      this.#actions.beat();
    }
  };
}
