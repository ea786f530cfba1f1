import {
  type ChannelFrame,
  ChannelFrameDecoder,
  ChannelType,
  encodeChannelFrame,
  encodeHandshakeResponse,
  encodeHeartbeat,
  encodeRpcResult,
  parseRpcRequest,
  parseSubscribe,
  ResultCode,
  readAmopTopic,
  seqFromKey,
} from '@amop/codec';
import type { Connection } from '@amop/ports';

const PROTOCOL = 3;

/** What an {@link OriginalSession} tells its node. */
export interface OriginalSessionHost {
  readonly nodeId: string;
  /** Every topic of the node, as `getNodeInfo` shows them. */
  readonly topics: readonly string[];
  topicsChanged(): void;
  /** A 0x30; `answer` is called once. */
  route(
    session: OriginalSession,
    frame: ChannelFrame,
    topic: string,
    answer: (result: number, data: Uint8Array) => void,
  ): void;
  /** A 0x35. */
  spread(frame: ChannelFrame, topic: string): void;
  sessionEnded(session: OriginalSession): void;
}

/** An application on the channel port of an original node: no extension, each 0x32 replaces the whole set. */
export class OriginalSession {
  topics: readonly string[] = [];
  readonly #connection: Connection;
  readonly #host: OriginalSessionHost;
  readonly #pushed: Map<string, (answer: ChannelFrame) => void> = new Map();

  constructor(connection: Connection, host: OriginalSessionHost) {
    this.#connection = connection;
    this.#host = host;
    const decoder = new ChannelFrameDecoder();
    connection.attach({
      onData: (chunk) => decoder.push(chunk, (frame) => this.#take(frame)),
      onDrain: () => undefined,
      onClose: () => this.#host.sessionEnded(this),
    });
  }

  /** Pushes a request; `answered` is called if an answer comes. */
  push(frame: ChannelFrame, answered: (answer: ChannelFrame) => void): void {
    this.#pushed.set(frame.seqKey, answered);
    this.#send(ChannelType.request, frame.seqKey, 0, frame.data);
  }

  /** Nobody waits for its answer any more. */
  giveUp(seqKey: string): void {
    this.#pushed.delete(seqKey);
  }

  pushMulticast(frame: ChannelFrame): void {
    this.#send(ChannelType.multicast, frame.seqKey, 0, frame.data);
  }

  close(): void {
    this.#connection.close();
  }

  #take(frame: ChannelFrame): void {
    const { data, seqKey, type } = frame;
    switch (type) {
      case ChannelType.handshake:
        this.#send(
          type,
          seqKey,
          0,
          encodeHandshakeResponse({ nodeVersion: '2.9.1', protocol: PROTOCOL }),
        );
        break;
      case ChannelType.heartbeat:
        this.#send(type, seqKey, 0, encodeHeartbeat(PROTOCOL, 1));
        break;
      case ChannelType.rpc:
        this.#answerRpc(frame);
        break;
      case ChannelType.subscribe: {
        const request = parseSubscribe(data);
        // A change instead of a whole set means nothing to it.
        if (request?.kind !== 'replace') return;
        this.topics = request.topics;
        this.#host.topicsChanged();
        break;
      }
      case ChannelType.response: {
        const answered = this.#pushed.get(seqKey);
        this.#pushed.delete(seqKey);
        answered?.(frame);
        break;
      }
      default:
        this.#onMessage(frame);
    }
  }

  #onMessage(frame: ChannelFrame): void {
    const { data, seqKey, type } = frame;
    const topic = readAmopTopic(data);
    if (topic === undefined) return;
    if (type === ChannelType.multicast) {
      this.#host.spread(frame, topic);
      this.#send(ChannelType.response, seqKey, ResultCode.ok, data);
    } else if (type === ChannelType.request) {
      this.#host.route(this, frame, topic, (result, answer) =>
        this.#send(ChannelType.response, seqKey, result, answer),
      );
    }
  }

  #answerRpc({ data, seqKey, type }: ChannelFrame): void {
    const request = parseRpcRequest(data);
    if (request === undefined) return;
    const { nodeId, topics } = this.#host;
    const info = {
      Agency: 'agency',
      IPAndPort: '',
      Node: 'original',
      NodeID: nodeId,
      Topic: [...topics],
    };
    const result = request.method === 'getNodeInfo' ? info : [];
    this.#send(type, seqKey, 0, encodeRpcResult(request.id, result));
  }

  #send(type: number, key: string, result: number, data: Uint8Array): void {
    this.#connection.write(encodeChannelFrame({ type, seq: seqFromKey(key), result, data }));
  }
}
