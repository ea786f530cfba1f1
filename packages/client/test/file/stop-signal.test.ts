import { expect, test } from 'vitest';
import { anyOf, manyWaiting } from '../../src/file/stop-signal.ts';

test('Node warns of nothing when many calls wait for one signal', async () => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error): void => {
    warnings.push(name);
  };
  process.on('warning', onWarning);
  const controller = manyWaiting();
  const any = anyOf(controller.signal, new AbortController().signal);
  for (const signal of [controller.signal, any]) {
    for (let call = 0; call < 20; call++) signal.addEventListener('abort', () => undefined);
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
  controller.abort('now');
  expect(any.reason).toBe('now');
});
