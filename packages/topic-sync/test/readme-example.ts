import { parseTopicName } from '@amop/codec';
import { PeerSync, type SyncAction, TopicTable } from '@amop/topic-sync';

/** Joins two tables by what would be one p2p session, until neither has anything more to say. */
function join(first: PeerSync, second: PeerSync): void {
  let p2pSeq = 1;
  const perform = (from: PeerSync, to: PeerSync, actions: readonly SyncAction[]): void => {
    for (const action of actions) {
      if (action.kind === 'send-sequence') {
        perform(to, from, to.handle({ kind: 'sequence', sequence: action.sequence }, 0));
      } else if (action.kind === 'send-list-request') {
        p2pSeq += 1;
        from.handle({ kind: 'list-requested', p2pSeq }, 0);
        perform(to, from, to.handle({ kind: 'list-request', p2pSeq }, 0));
      } else if (action.kind === 'send-list') {
        perform(to, from, to.handle({ ...action, kind: 'list' }, 0));
      }
    }
  };
  const opening = [first.handle({ kind: 'open' }, 0), second.handle({ kind: 'open' }, 0)] as const;
  perform(first, second, opening[0]);
  perform(second, first, opening[1]);
}

const bankA = new TopicTable();
const bankB = new TopicTable();
bankB.replace(1, [parseTopicName('payments')]); // session 1 of bank B sent 0x32

const peerB = new PeerSync({ table: bankA }); // at bank A: what bank B listens to
const peerA = new PeerSync({ table: bankB });
join(peerB, peerA);

export const topicsOfB: readonly string[] = [...peerB.topics().keys()]; // ['payments']
