import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTwoNodes, type TwoNodes } from '../support/two-nodes.ts';

let nodes: TwoNodes;
beforeAll(async () => {
  nodes = await startTwoNodes();
});
afterAll(() => nodes.stop());

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** Plain HTTP, so that any Host and method can be sent. */
function ask(
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const [host = '', port = ''] = nodes.adminA.split(':');
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path, agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    asked.on('error', reject).end();
  });
}

describe('the admin port', () => {
  test.each([
    ['/healthz', 200, 'ok\n'],
    ['/readyz', 200, 'ready\n'],
  ])('%s', async (path, status, body) => {
    expect(await ask(path)).toEqual({ status, body });
  });

  test('HEAD has no body', async () => {
    expect(await ask('/healthz', { method: 'HEAD' })).toEqual({ status: 200, body: '' });
  });

  test('shows the node, its peers and what it counted', async () => {
    const state = JSON.parse((await ask('/v1/state')).body);
    expect(state).toMatchObject({
      nodeId: nodes.nodeA.nodeId,
      agency: 'bankA',
      peers: [{ nodeId: nodes.nodeIdB, isExtended: true }],
      sessions: [],
      unreached: [],
    });
    const counters = JSON.parse((await ask('/v1/counters')).body);
    expect(counters).toMatchObject({ peers: 1, router: { requests: { application: {} } } });
  });

  test('holds no key', async () => {
    for (const path of ['/v1/state', '/v1/counters', '/metrics']) {
      expect((await ask(path)).body).not.toContain('PRIVATE KEY');
    }
  });

  test.each([
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example:20400', 403],
    ['localhost', 200],
    ['127.0.0.1:20400', 200],
    ['[::1]:20400', 200],
  ])('a request for host %j gets %d: pages of other names may not ask', async (host, status) => {
    expect((await ask('/v1/state', { headers: { host } })).status).toBe(status);
  });

  test('changes nothing for who does not send the header that pages cannot send', async () => {
    expect((await ask('/v1/reload', { method: 'POST' })).status).toBe(403);
    const headers = { 'x-amop-admin': '1' };
    expect((await ask('/v1/reload', { method: 'POST', headers })).status).toBe(200);
  });

  test.each([
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['GET', '/v1/reload', 405],
    ['DELETE', '/metrics', 405],
    ['POST', '/v1/state', 405],
    ['GET', '/v1/subscribers', 400],
    ['GET', '/v1/trace', 400],
    ['GET', '/v1/topics?limit=0', 400],
    ['GET', '/v1/topics?limit=1e9', 400],
    ['GET', '//[', 400],
  ])('%s %s is %d, in JSON with what to do', async (method, path, status) => {
    const answer = await ask(path, { method });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error.message).toMatch(/\w/);
  });

  test('a large header is refused, and the port goes on', async () => {
    const answer = await ask('/healthz', { headers: { cookie: 'x'.repeat(20_000) } });
    expect(answer.status).toBe(431);
    expect((await ask('/healthz')).status).toBe(200);
  });
});
