import { describe, expect, it } from 'vitest';
import { type Party, PartyTable } from '../../src/sight/party.ts';

const ID = 7;
const connection = (): Party => ({ kind: 'peer', nodeId: 'ab', name: 'node0', agency: 'bankB' });

describe('PartyTable', () => {
  it('knows a node by the connection that is left, whichever of two ends', () => {
    for (const ended of [0, 1]) {
      const table = new PartyTable();
      const connections = [connection(), connection()];
      for (const party of connections) table.add(ID, party);
      connections.splice(ended, 1).forEach((party) => {
        table.remove(ID, party);
      });
      expect(table.get(ID)).toBe(connections[0]);
    }
  });

  it('knows a node by its newest connection', () => {
    const table = new PartyTable();
    const newest = connection();
    for (const party of [connection(), newest]) table.add(ID, party);
    expect(table.get(ID)).toBe(newest);
  });

  it('forgets a node once its last connection has ended', () => {
    const table = new PartyTable();
    const connections = [connection(), connection()];
    for (const party of connections) table.add(ID, party);
    for (const party of connections) table.remove(ID, party);
    expect(table.get(ID)).toBeUndefined();
  });
});
