import { X509Certificate } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Chain, makeChain } from '../src/node/chain.ts';
import { freePort } from '../src/node/free-port.ts';
import { GateProxy } from '../src/node/gate-proxy.ts';
import { RunningNode } from '../src/node/running-node.ts';
import { peersOf, until, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import type { Identity } from '../src/raw/raw-tls.ts';
import { Channel, type ChannelFrame, decodeBody } from '../src/wire/channel-frame.ts';

/** The node ID in a certificate (spec 15.2). */
function nodeIdOf({ cert }: Identity): string {
  const { x = '', y = '' } = new X509Certificate(cert).publicKey.export({ format: 'jwk' });
  return [x, y].map((part) => Buffer.from(part, 'base64url').toString('hex')).join('');
}

// Which of two connections stays depends on the node IDs: both orders are tried.
describe.each(['smaller', 'larger'] as const)(
  'two nodes, the one with the %s ID connects second',
  (which) => {
    let chain: Chain;
    let second = 0;
    const nodes: RunningNode[] = [];
    const gates: GateProxy[] = [];
    const clients: RawClient[] = [];
    afterEach(async () => {
      await Promise.all(clients.splice(0).map((client) => client.close()));
      await Promise.all(nodes.splice(0).map((node) => node.stop()));
      for (const gate of gates.splice(0)) gate.close();
      chain?.remove();
    });

    async function client(node: number): Promise<RawClient> {
      const opened = await nodes[node]?.client();
      if (!opened) throw new Error('no such node');
      clients.push(opened);
      return opened;
    }

    /** Starts A and B, each with the other in its configuration, and lets one connection through. */
    async function startConnectedOnce(): Promise<void> {
      chain = makeChain(['bankA', 'bankB']);
      const isFirstSmaller = nodeIdOf(chain.node('bankA')) < nodeIdOf(chain.node('bankB'));
      second = isFirstSmaller === (which === 'smaller') ? 0 : 1;
      const p2pPorts = [await freePort(), await freePort()];
      // Gate i is what node i dials.
      for (const i of [0, 1]) gates.push(await GateProxy.listen(p2pPorts[1 - i] ?? 0));
      for (const [i, agency] of ['bankA', 'bankB'].entries()) {
        const config = {
          channelPort: await freePort(),
          p2pPort: p2pPorts[i] ?? 0,
          peers: [gates[i]?.port ?? 0],
        };
        nodes.push(new RunningNode(chain.nodeFolder(agency), config, chain.sdk(agency)));
      }
      await Promise.all(nodes.map((node) => node.start()));
      await Promise.all(gates.map((gate) => gate.holding()));
      gates[1 - second]?.release();
    }

    /** Lets the other connection through and waits until both are open. */
    async function connectAgain(): Promise<void> {
      gates[second]?.release();
      await until(async () => gates.every((gate) => gate.open === 1), 'there are two connections');
    }

    async function oneIsLeft(): Promise<void> {
      await until(async () => gates.reduce((sum, gate) => sum + gate.open, 0) === 1, 'one is left');
    }

    it('D-28 no multicast is lost or doubled meanwhile', async () => {
      await startConnectedOnce();
      const [sender, subscriber] = [await client(0), await client(1)];
      await subscriber.subscribe(['stream']);
      await untilRoutable(sender, 'stream');

      let sent = 0;
      let going = true;
      const stream = async (): Promise<void> => {
        while (going) await sender.multicast('stream', String(sent++));
      };
      const change = async (): Promise<void> => {
        await connectAgain();
        await oneIsLeft();
        going = false;
      };
      await Promise.all([stream(), change()]);

      await untilRoutable(sender, 'stream');
      await sender.multicast('stream', 'end');
      const received: string[] = [];
      for (;;) {
        const push = await subscriber.byType(Channel.multicast);
        const content = decodeBody(push.data).content.toString();
        if (content === 'end') break;
        received.push(content);
      }
      expect(received.length).toBe(sent);
      expect(new Set(received).size).toBe(sent);
    });

    it('D-28 a silent subscriber is asked once, and given up after 5 s', async () => {
      await startConnectedOnce();
      const [sender, subscriber] = [await client(0), await client(1)];
      await subscriber.subscribe(['silent']);
      await untilRoutable(sender, 'silent');
      const answered = sender.request('silent', 'x', 20_000);
      await connectAgain();
      expect(await answered).toMatchObject({ type: Channel.response, result: 104 });
      await subscriber.barrier();
      expect(subscriber.inbox.items.length).toBe(1);
    });

    it('D-28 requests in flight and new ones are answered, each by one delivery', async () => {
      await startConnectedOnce();
      const [sender, other, subscriber] = [await client(0), await client(0), await client(1)];
      await subscriber.subscribe(['slow', 'quick']);
      await untilRoutable(sender, 'slow');
      const asked: ChannelFrame[] = [];
      subscriber.answer('slow', (_content, frame) => {
        asked.push(frame);
        return undefined;
      });
      subscriber.answer('quick', () => 'answered');

      const waiting = Array.from({ length: 10 }, () => sender.request('slow', 'x'));
      await until(async () => asked.length === 10, 'the requests have arrived');
      const results = new Set<number>();
      let going = true;
      const quick = async (): Promise<void> => {
        while (going) results.add((await other.request('quick', 'x')).result);
      };
      const change = async (): Promise<void> => {
        await connectAgain();
        // Longer than a connection is kept that is no longer needed.
        await wait(2_500);
        going = false;
        for (const frame of asked) subscriber.respond(frame, 'late');
      };
      await Promise.all([quick(), change()]);
      expect(results).toEqual(new Set([0]));
      const answers = await Promise.all(waiting);
      expect(answers.map((answer) => decodeBody(answer.data).content.toString())).toEqual(
        Array.from({ length: 10 }, () => 'late'),
      );
      expect(asked.length).toBe(10);
      await oneIsLeft();
      expect((await peersOf(sender)).length).toBe(1);
    });
  },
);
