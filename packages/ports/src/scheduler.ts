/** The end of the current turn of the event loop: where what a turn produced is written at once. */
export interface Scheduler {
  /**
   * Calls back once the current turn has delivered its input, never inside this call.
   *
   * Callbacks run in the order they were given; one given by a running callback waits for the next
   * turn. Pass a function made once, not a closure per message.
   */
  endOfTurn(callback: () => void): void;
}
