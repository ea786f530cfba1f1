import { expect, it } from 'vitest';
import { TopicSyncError } from '../src/errors.ts';
import { PeerSync } from '../src/peer-sync.ts';
import { TopicTable } from '../src/topic-table.ts';

it.each(['listTimeoutMs', 'heartbeatMs', 'maxTopics'] as const)('names the bad %s', (option) => {
  const error = thrownBy(() => new PeerSync({ table: new TopicTable(), [option]: 0 }));
  expect(error).toBeInstanceOf(TopicSyncError);
  expect(error).toMatchObject({
    name: 'TopicSyncError',
    code: 'AMOP_TOPIC_SYNC_OPTIONS',
    details: { option, value: '0' },
  });
});

it('refuses events before open', () => {
  const sync = new PeerSync({ table: new TopicTable() });
  expect(thrownBy(() => sync.handle({ kind: 'tick' }, 0))).toMatchObject({
    code: 'AMOP_TOPIC_SYNC_EVENT_ORDER',
    details: { kind: 'tick' },
  });
});

it('refuses a second open', () => {
  const sync = new PeerSync({ table: new TopicTable() });
  sync.handle({ kind: 'open' }, 0);
  expect(thrownBy(() => sync.handle({ kind: 'open' }, 1))).toMatchObject({
    code: 'AMOP_TOPIC_SYNC_EVENT_ORDER',
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
