import { SeededRandom } from '@amop/testkit';
import { expect, test } from 'vitest';
import { secretFor, TransferKeys } from '../../../src/file/seal/transfer-keys.ts';
import { type AllowedKeys, PartyTable } from '../../../src/file/send/party-table.ts';
import { hexOf } from '../../../src/hex.ts';

const [A, B] = ['aa'.repeat(64), 'bb'.repeat(64)];
const secret = new Uint8Array(32).fill(1);
const transfer = new Uint8Array(16).fill(2);

function tableOf(allowed?: AllowedKeys): PartyTable {
  return new PartyTable({ secret, transfer }, { random: new SeededRandom(1), allowed });
}

/** Keys that may come and go. */
function gate(...keys: readonly string[]): AllowedKeys & { readonly keys: Set<string> } {
  const set = new Set(keys);
  return { keys: set, allowedKeys: () => set, isAllowed: (key) => set.has(key) };
}

function idOf(key: string | undefined): Uint8Array {
  const own = key === undefined ? secret : secretFor(secret, transfer, key);
  return new TransferKeys(own, transfer).party;
}

test('on an ordinary topic there is one party, which has the secret itself', () => {
  const table = tableOf();
  expect(hexOf(table.of(undefined).secret)).toBe(hexOf(secret));
  expect(table.find(idOf(undefined))?.key).toBeUndefined();
  expect(tableOf().find(idOf(undefined))).toBeDefined();
  expect(table.find(new Uint8Array(8))).toBeUndefined();
});

test('on a private topic each key has a secret of its own, and the transfer’s is nobody’s', () => {
  const table = tableOf(gate(A, B));
  const secrets = [A, B].map((key) => hexOf(table.of(key).secret));
  expect(new Set([...secrets, hexOf(secret)]).size).toBe(3);
  expect(table.find(idOf(A))?.key).toBe(A);
  expect(table.find(idOf(undefined))).toBeUndefined();
});

test('who got an offer from an earlier process is found', () => {
  expect(tableOf(gate(A, B)).find(idOf(B))?.key).toBe(B);
});

test('a key that was revoked is not found any more, until it is allowed again', () => {
  const allowed = gate(A);
  const table = tableOf(allowed);
  expect(table.find(idOf(A))).toBeDefined();
  allowed.keys.delete(A);
  expect(table.find(idOf(A))).toBeUndefined();
  expect(table.isAllowed(A)).toBe(false);
  allowed.keys.add(A);
  expect(table.find(idOf(A))).toBeDefined();
});
