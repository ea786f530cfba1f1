// What the admin port of a node says.
import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * @param {number} port
 * @param {string} path
 * @returns {Promise<any>} what the JSON holds
 */
export async function askAdmin(port, path) {
  return JSON.parse(await ask(port, path));
}

/**
 * The metrics of a node, by name; the values of one name with several labels are added up.
 *
 * @param {number} port
 * @returns {Promise<Map<string, number>>}
 */
export async function metricsOf(port) {
  const metrics = new Map();
  for (const line of (await ask(port, '/metrics')).split('\n')) {
    const [, name, value] = /^([a-z_]+)(?:\{.*\})? (\S+)/.exec(line) ?? [];
    if (name !== undefined) metrics.set(name, (metrics.get(name) ?? 0) + Number(value));
  }
  return metrics;
}

/** No connection is kept: it would count as one that somebody left open. */
async function ask(port, path) {
  const [response] = await once(get({ host: '127.0.0.1', port, path, agent: false }), 'response');
  const body = await text(response);
  if (response.statusCode === 200) return body;
  throw new Error(`${path} of the admin port: ${response.statusCode} ${body}`);
}
