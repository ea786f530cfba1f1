import { collectingLogger } from '@amop/testkit';
import { expect, test } from 'vitest';
import { EventHub } from '../src/events.ts';

test('listeners are called in order until they are removed', () => {
  const hub = new EventHub(collectingLogger());
  const seen: string[] = [];
  const first = (): void => void seen.push('first');
  const second = (): void => void seen.push('second');
  hub.on('closed', first);
  hub.on('closed', first);
  hub.on('closed', second);
  hub.emit('closed', {});
  hub.off('closed', first);
  hub.emit('closed', {});
  hub.off('paused', () => {});
  expect(seen).toEqual(['first', 'second', 'second']);
});

test('a listener that throws is logged and stops nobody', () => {
  const logger = collectingLogger();
  const hub = new EventHub(logger);
  let seen = 0;
  hub.on('paused', () => {
    throw new Error('mine');
  });
  hub.on('paused', ({ queuedBytes }) => {
    seen = queuedBytes;
  });
  hub.emit('paused', { queuedBytes: 7 });
  expect(seen).toBe(7);
  expect(logger.entries).toMatchObject([{ level: 'error', details: { event: 'paused' } }]);
});
