// Asks the admin port of the node on the same host, which listens on loopback only.
import { request } from 'node:http';

const port = Number(process.argv[2]);
/** Long: on a busy machine, at low priority, a reload has taken 6 s. */
const TIMEOUT_MS = 20_000;

function ask(method, path) {
  return new Promise((resolve, reject) => {
    const headers = { 'x-amop-admin': '1' };
    const options = { host: '127.0.0.1', port, method, path, headers, agent: false };
    const asked = request({ ...options, timeout: TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
      response.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer of the admin port')));
    asked.on('error', reject);
    asked.end();
  });
}

process.on('disconnect', () => process.exit(0));
process.on('message', async ({ id, method, path }) => {
  try {
    process.send({ id, answer: await ask(method, path) });
  } catch (error) {
    process.send({ id, error: error.message });
  }
});
