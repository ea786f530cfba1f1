import type { Prometheus } from '../metrics/prometheus.ts';
import type { AdminSource } from './admin-source.ts';

/** Topics in one answer, unless fewer are asked for. */
const MAX_TOPICS = 10_000;
const DEFAULT_TOPICS = 1_000;
/** Pairs of publisher and subscriber in one answer. */
const MAX_PAIRS = 1_000;

/** An answer of the admin port. */
export interface AdminAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What was asked for. */
interface AdminRequest {
  readonly method: string;
  /** Path and query; the host is of no interest any more. */
  readonly url: URL;
}

type Handler = (request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>;

/** The paths of the admin port, each with its one method (docs/metrics.md). */
export function adminRoutes(
  source: AdminSource,
  prometheus: Prometheus,
): ReadonlyMap<string, Handler> {
  const { sight } = source;
  return new Map<string, Handler>([
    ['GET /healthz', () => text(200, 'ok\n')],
    ['GET /readyz', () => (source.isReady() ? text(200, 'ready\n') : text(503, 'stopping\n'))],
    [
      'GET /metrics',
      async () => ({
        status: 200,
        contentType: prometheus.contentType,
        body: await prometheus.render(source.metrics()),
      }),
    ],
    ['GET /v1/state', () => json(200, sight.state())],
    ['GET /v1/counters', () => json(200, source.counters())],
    [
      'GET /v1/topics',
      ({ url }) => {
        const prefix = url.searchParams.get('prefix') ?? '';
        const limit = Number(url.searchParams.get('limit') ?? DEFAULT_TOPICS);
        if (!Number.isInteger(limit) || limit < 1 || limit > MAX_TOPICS) {
          return problem(400, `limit must be a whole number from 1 to ${MAX_TOPICS}`);
        }
        const topics = sight.topics(prefix, limit);
        return json(200, { total: source.counters().topics, topics });
      },
    ],
    [
      'GET /v1/subscribers',
      ({ url }) => {
        const topic = url.searchParams.get('topic');
        if (topic === null) return problem(400, 'name the topic: ?topic=NAME');
        return json(200, { topic, subscribers: sight.subscribers(topic) });
      },
    ],
    [
      'GET /v1/private',
      ({ url }) => {
        const topic = url.searchParams.get('topic') ?? undefined;
        const pairs = sight.privatePairs(topic, MAX_PAIRS + 1);
        return json(200, { isCut: pairs.length > MAX_PAIRS, pairs: pairs.slice(0, MAX_PAIRS) });
      },
    ],
    [
      'GET /v1/trace',
      ({ url }) => {
        const seq = url.searchParams.get('seq');
        if (seq === null) return problem(400, 'name the message: ?seq=SEQ');
        return json(200, { seq, events: sight.trace(seq) });
      },
    ],
    ['POST /v1/reload', () => json(200, source.reload())],
  ]);
}

/** JSON with an error in the form of `amop --json`. */
export function problem(status: number, message: string, more: object = {}): AdminAnswer {
  return json(status, { error: { code: 'AMOP_DAEMON_ADMIN', message, ...more } });
}

function text(status: number, body: string): AdminAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function json(status: number, value: unknown): AdminAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}
