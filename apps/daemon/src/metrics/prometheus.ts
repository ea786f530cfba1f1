import { collectDefaultMetrics, Registry } from 'prom-client';
import type { MetricFamily } from './metric-family.ts';
import { formatFamily } from './text-format.ts';

/** Metrics in the text format of Prometheus, with those of the process itself (`process_`, `nodejs_`). */
export class Prometheus {
  readonly #process: Registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.#process });
  }

  /** Content type of {@link render}. */
  get contentType(): string {
    return this.#process.contentType;
  }

  async render(families: readonly MetricFamily[]): Promise<string> {
    return `${families.map(formatFamily).join('')}${await this.#process.metrics()}`;
  }
}
