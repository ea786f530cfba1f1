import type { PrivateKey, PublicKey } from '@amop/crypto';
import type { Transport } from '@amop/ports';
import { expectTypeOf, test } from 'vitest';
import type {
  AmopClient,
  ClientErrorCode,
  ClientEvents,
  ConnectOptions,
  CounterSnapshot,
  Message,
  MessageHandler,
  PrivateSubscriber,
  PrivateTopic,
  PrivateTopicOptions,
  Reply,
  Subscription,
} from '../src/index.ts';

test('tls may be left out only with a transport', () => {
  expectTypeOf<{ nodes: string; tls: { directory: string } }>().toExtend<ConnectOptions>();
  expectTypeOf<{
    nodes: string[];
    tls: { ca: string; certificate: string; key: string };
  }>().toExtend<ConnectOptions>();
  expectTypeOf<{ nodes: string; ports: { transport: Transport } }>().toExtend<ConnectOptions>();
  expectTypeOf<{ nodes: string }>().not.toExtend<ConnectOptions>();
  expectTypeOf<{ nodes: string; tls: { ca: string } }>().not.toExtend<ConnectOptions>();
});

test('handlers give back bytes, text or nothing, at once or later', () => {
  expectTypeOf<(message: Message) => string>().toExtend<MessageHandler>();
  expectTypeOf<(message: Message) => Promise<Uint8Array>>().toExtend<MessageHandler>();
  expectTypeOf<() => void>().toExtend<MessageHandler>();
  expectTypeOf<() => Promise<void>>().toExtend<MessageHandler>();
  expectTypeOf<() => Promise<string | undefined>>().toExtend<MessageHandler>();
  expectTypeOf<() => number>().not.toExtend<MessageHandler>();
});

test('what calls give', () => {
  expectTypeOf<AmopClient['request']>().returns.resolves.toEqualTypeOf<Reply>();
  expectTypeOf<AmopClient['publish']>().returns.resolves.toEqualTypeOf<void>();
  expectTypeOf<AmopClient['subscribe']>().returns.resolves.toEqualTypeOf<Subscription>();
  expectTypeOf<Subscription>().toExtend<AsyncIterable<Message>>();
  expectTypeOf<Message['body']>().toEqualTypeOf<Uint8Array>();
  expectTypeOf<CounterSnapshot>().toExtend<Readonly<Record<string, number>>>();
  expectTypeOf<ClientEvents['error']['error']['code']>().toEqualTypeOf<ClientErrorCode>();
});

test('a private topic takes keys in any form, and needs them', () => {
  type Options = PrivateTopicOptions;
  expectTypeOf<{ publicKeys: string[] }>().toExtend<Options>();
  expectTypeOf<{ publicKeys: PublicKey[]; privateKey: PrivateKey }>().toExtend<Options>();
  expectTypeOf<{
    publicKeys: [];
    privateKey: { publicKey: PublicKey; sign: (digest: Uint8Array) => Promise<Uint8Array> };
  }>().toExtend<Options>();
  expectTypeOf<{ privateKey: PrivateKey }>().not.toExtend<Options>();
  expectTypeOf<{ publicKeys: []; proof: 'none' }>().not.toExtend<Options>();
  expectTypeOf<AmopClient['privateTopic']>().returns.toEqualTypeOf<PrivateTopic>();
  expectTypeOf<PrivateTopic['request']>().returns.resolves.toEqualTypeOf<Reply>();
  expectTypeOf<PrivateTopic['waitForSubscribers']>().returns.resolves.toEqualTypeOf<
    PrivateSubscriber[]
  >();
  expectTypeOf<ClientEvents['proof']['outcome']>().toEqualTypeOf<
    'succeeded' | 'failed' | 'expired'
  >();
});
