// A module that runs in a process of its own, and whose exports are called from here.
import { fork } from 'node:child_process';

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a process on a module.
 *
 * @param {string | URL} module
 * @param {string[]} [execArgv]  what Node.js is told
 * @returns {{ pid: number, call: (name: string, argument?: object) => Promise<any>,
 *   stop: () => Promise<void> }}
 */
export function startWorker(module, execArgv = []) {
  const process = new URL('./worker-process.mjs', import.meta.url);
  const child = fork(process, [String(module)], { execArgv });
  running.add(child);
  const waiting = new Map();
  let nextId = 0;
  child.on('message', ({ id, value, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(value);
    else reject(new Error(error));
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.once('exit', () => {
    running.delete(child);
    for (const { reject } of waiting.values()) reject(new Error(`${module} ended`));
  });
  return {
    pid: child.pid,
    call: (name, argument) => {
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        child.send({ id, name, argument }, (error) => {
          if (error) reject(error);
        });
      });
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await gone;
    },
  };
}
