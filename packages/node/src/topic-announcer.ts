import type { TopicName } from '@amop/codec';
import type { Clock, Scheduler, TimerHandle } from '@amop/ports';
import type { TopicTable } from '@amop/topic-sync';

/** Changes that follow a first one within this time go out together, in ms. */
const COALESCE_MS = 5;

/**
 * Tells peers of changed subscriptions: the first change at the end of the turn in which it came,
 * those that follow within a few ms together (D-16, D-26).
 */
export class TopicAnnouncer {
  readonly #table: TopicTable;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #announce: (changes: ReadonlyMap<TopicName, number>) => void;
  #timer: TimerHandle | undefined;
  #scheduled = false;

  constructor(
    table: TopicTable,
    dependencies: {
      readonly clock: Clock;
      readonly scheduler: Scheduler;
      readonly announce: (changes: ReadonlyMap<TopicName, number>) => void;
    },
  ) {
    this.#table = table;
    this.#clock = dependencies.clock;
    this.#scheduler = dependencies.scheduler;
    this.#announce = dependencies.announce;
  }

  /** Some subscription has changed. */
  changed(): void {
    if (this.#scheduled || this.#timer !== undefined) return;
    this.#scheduled = true;
    this.#scheduler.endOfTurn(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    if (!this.#table.hasChanges) return;
    this.#announce(this.#table.takeChanges());
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = undefined;
      this.#flush();
    }, COALESCE_MS);
  }
}
