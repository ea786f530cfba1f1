import type { HistogramSample, MetricFamily } from './metric-family.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * One family in the text format of Prometheus, version 0.0.4: `# HELP`, `# TYPE`, then a line for each value. Written
 * here because prom-client keeps values of its own and cannot be given the buckets of a histogram.
 */
export function formatFamily(family: MetricFamily): string {
  const { help, name, type } = family;
  const values =
    family.type === 'histogram'
      ? family.samples.flatMap((sample) => histogramLines(name, sample))
      : family.samples.map(({ labels, value }) => line(name, labels, value));
  return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...values, ''].join('\n');
}

/** Buckets are cumulative in this format. */
function histogramLines(name: string, { bounds, counts, labels, sum }: HistogramSample): string[] {
  let count = 0;
  const buckets = counts.map((observed, index) => {
    count += observed;
    const bound = bounds[index];
    return line(
      `${name}_bucket`,
      { ...labels, le: bound === undefined ? '+Inf' : `${bound}` },
      count,
    );
  });
  return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
