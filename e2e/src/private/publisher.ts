import type { RawClient } from '../raw/raw-client.ts';
import { Channel, decodeBody, encodeBody, encodeChannel, newSeq } from '../wire/channel-frame.ts';
import { markerOf } from './names.ts';
import { isSignedBy } from './signer.ts';

/** What a node asks a publisher with a 0x37 (spec 10.3). */
export interface Asked {
  readonly seq: string;
  readonly nodeId: string;
  readonly topic: string;
  readonly topicForCert: string;
}

/** Which SDK's acknowledgement of a 0x37 is sent. */
export type AckForm = 'java' | 'go';

/** The publishing side of private topics on a raw connection: it does each step when it is told. */
export class RawPublisher {
  readonly client: RawClient;

  constructor(client: RawClient) {
    this.client = client;
  }

  /** Registers as publisher of the payload topics, or of none. */
  async register(...payloads: readonly string[]): Promise<void> {
    await this.client.subscribe(payloads.map(markerOf));
  }

  /** Asks for the ability `grant`, as a client of ours does. */
  async wantGrants(): Promise<void> {
    const amop = { v: 1, want: ['grant'] };
    const handshake = { minimumSupport: 1, maximumSupport: 3, clientType: 'raw', amop };
    const answer = await this.client.call(Channel.handshake, JSON.stringify(handshake));
    const { amop: agreed } = JSON.parse(answer.data.toString()) as { amop?: { have?: string[] } };
    if (!agreed?.have?.includes('grant')) throw new Error('the node has no ability "grant"');
  }

  /** Takes the next 0x37 on the topic, or on this very route. */
  async asked(topic: string, route?: string, deadlineMs?: number): Promise<Asked> {
    const { seq, data } = await this.client.inbox.take(
      (frame) => {
        if (frame.type !== Channel.verify) return false;
        const question = parseQuestion(frame.data);
        return (
          question.topic === topic && (route ?? question.topicForCert) === question.topicForCert
        );
      },
      `0x37 for ${route ?? topic}`,
      deadlineMs,
    );
    return { seq, ...parseQuestion(data) };
  }

  /** Routes of the 0x37s that came and were not taken. */
  get questions(): readonly string[] {
    return this.client.inbox.items
      .filter(({ type }) => type === Channel.verify)
      .map(({ data }) => parseQuestion(data).topicForCert);
  }

  /** Says that the 0x37 has come: with 0x37 and no data, or with 0x31 and a body, as Go does. */
  acknowledge({ seq, topicForCert }: Asked, form: AckForm = 'java'): void {
    const java = form === 'java';
    const data = java ? '' : encodeBody(`#!$VerifyChannel_${topicForCert}`);
    this.client.send(encodeChannel(java ? Channel.verify : Channel.response, seq, data));
  }

  /**
   * Sends a random value to the route, as Java does.
   *
   * @returns whether the owner of the key has signed it
   */
  async challenge({ topicForCert }: Asked, publicKey: string): Promise<boolean> {
    const value = newSeq();
    const { result, data } = await this.client.request(topicForCert, value);
    if (result !== 0) return false;
    return isSignedBy(publicKey, Buffer.from(value), decodeBody(data).content);
  }

  /** Says what came of it; `topicForCert` names the route, for nodes that agreed on `grant`. */
  say({ nodeId, topic }: Omit<Asked, 'seq' | 'topicForCert'>, checkResult: number): void;
  say(asked: Omit<Asked, 'seq'>, checkResult: number, naming: 'route'): void;
  say(asked: Omit<Asked, 'seq' | 'topicForCert'>, checkResult: number, naming?: 'route'): void {
    const { nodeId, topic } = asked;
    const route = naming === 'route' && 'topicForCert' in asked ? asked.topicForCert : undefined;
    const status = {
      checkResult,
      nodeId,
      topic,
      ...(route !== undefined && { topicForCert: route }),
    };
    this.client.sendFrame(Channel.status, JSON.stringify(status));
  }

  /** Acknowledges, challenges, and says what came of it: all that a publisher does. */
  async verify(asked: Asked, publicKey: string, form?: AckForm): Promise<boolean> {
    this.acknowledge(asked, form);
    const proven = await this.challenge(asked, publicKey);
    this.say(asked, proven ? 0 : 1);
    await this.client.barrier();
    return proven;
  }
}

function parseQuestion(data: Buffer): Omit<Asked, 'seq'> {
  return JSON.parse(data.toString()) as Omit<Asked, 'seq'>;
}
