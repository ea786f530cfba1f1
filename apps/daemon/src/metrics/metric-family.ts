/** One value of a {@link MetricFamily}. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Observations by bucket. */
export interface HistogramSample {
  readonly labels: Readonly<Record<string, string>>;
  /** Upper bounds in the unit of the family, ascending; one more count follows for what is above all. */
  readonly bounds: readonly number[];
  /** Not cumulative. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** One metric with all its label values, at one moment. Labels have closed sets of values. */
export type MetricFamily =
  | {
      readonly type: 'counter' | 'gauge';
      readonly name: string;
      readonly help: string;
      readonly samples: readonly MetricSample[];
    }
  | {
      readonly type: 'histogram';
      readonly name: string;
      readonly help: string;
      readonly samples: readonly HistogramSample[];
    };

/** A counter without labels. */
export function counter(name: string, help: string, value: number): MetricFamily {
  return { type: 'counter', name, help, samples: [{ labels: {}, value }] };
}

/** A gauge without labels. */
export function gauge(name: string, help: string, value: number): MetricFamily {
  return { type: 'gauge', name, help, samples: [{ labels: {}, value }] };
}

/** A metric with one label, a value for each key of `values`. */
export function byLabel(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): MetricFamily {
  const samples = Object.entries(values).map(([key, value]) => ({
    labels: { [label]: key },
    value,
  }));
  return { type, name, help, samples };
}
