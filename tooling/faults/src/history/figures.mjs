/** Counts what happened, for people. */
export class Figures {
  #counts = new Map();
  #failures = new Map();
  #toldBy = new Map();
  #longestStandMs = 0;

  /** Events so far, by kind; of received ones by form. */
  counts() {
    return Object.fromEntries(this.#counts);
  }

  take(event) {
    add(this.#counts, event.kind === 'received' ? `received ${event.form}` : event.kind);
    if (event.kind === 'failure') {
      add(this.#failures, event.code.replace('AMOP_CLIENT_', ''));
      add(this.#toldBy, event.told);
    }
    if (event.kind === 'stood-still') {
      this.#longestStandMs = Math.max(this.#longestStandMs, event.ms);
    }
  }

  /** Lines for the end of a run. */
  lines() {
    return [
      `events: ${text(this.#counts)}`,
      `failures: ${text(this.#failures)}`,
      `of these, "was it delivered?": ${text(this.#toldBy)}`,
      `an application got no time for ${Math.round(this.#longestStandMs)} ms at most`,
    ];
  }
}

function add(map, key) {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function text(map) {
  const parts = [...map].sort((a, b) => b[1] - a[1]).map(([key, count]) => `${key} ${count}`);
  return parts.join(', ') || 'none';
}
