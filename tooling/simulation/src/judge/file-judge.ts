import type {
  ChunkEvent,
  FileAudienceEvent,
  FileHistoryEvent,
  FolderEvent,
  ReceiverEvent,
  SendFailedEvent,
  SendingEvent,
  SentEvent,
  SourceEvent,
} from '../history/file-event.ts';
import type { Rule } from './violation.ts';

/** A report of a receiver is repeated so long, in ms; one that has begun anew since may not have been heard yet. */
const REPORTS_MS = 30_000;
/** What was given to the client in the moment of a revocation may still be given to the network, in ms. */
const REVOKE_SLACK_MS = 20;

/** What is known of one transfer. */
interface TransferRecord {
  readonly topic: string;
  readonly hash: string;
  readonly to: 'one' | 'all';
  /** Applications that have said that they have it. */
  readonly takers: Set<string>;
  startedMs: number;
  failedMs: number;
}

/** What is known of a call of `sendFile`. */
interface CallRecord {
  readonly sending: SendingEvent;
  isOver: boolean;
}

/** Collaborators of a {@link FileJudge}. */
export interface FileJudgeDependencies {
  readonly found: (rule: Rule, text: string) => void;
  /** What may have made a receiver ask twice so far: faults, and what begins anew after them. */
  readonly interruptions: () => number;
}

/** Reads what happened to files, in the order it happened, and finds what must not be. Knows nothing of nodes. */
export class FileJudge {
  readonly #deps: FileJudgeDependencies;
  /** Every content that a source has had, by digest. */
  readonly #contents: Map<string, SourceEvent> = new Map();
  /** Hashes of several files, as of those that are empty. */
  readonly #shared: Set<string> = new Set();
  readonly #chunks: Map<string, number> = new Map();
  /** What was laid by hand, by `client topic name`. */
  readonly #laid: Map<string, string> = new Map();
  readonly #folders: Map<string, FolderEvent> = new Map();
  readonly #transfers: Map<string, TransferRecord> = new Map();
  readonly #calls: Map<string, CallRecord> = new Map();
  /** Chunks that were sent, by `transfer receiver`. */
  readonly #served: Map<string, number> = new Map();
  /** Since when a key is revoked, by `client topic holder`: names of the sender and of its holder. */
  readonly #revoked: Map<string, number> = new Map();

  constructor(dependencies: FileJudgeDependencies) {
    this.#deps = dependencies;
  }

  /** Looks at the next event. */
  take(event: FileHistoryEvent): void {
    switch (event.kind) {
      case 'file-source':
        this.#source(event);
        break;
      case 'file-laid':
        this.#laid.set(`${event.client} ${event.topic} ${event.name}`, event.digest);
        break;
      case 'file-sending':
        this.#calls.set(event.call, { sending: event, isOver: false });
        break;
      case 'file-sent':
        this.#sent(event);
        break;
      case 'file-send-failed':
        this.#failed(event);
        break;
      case 'file-event':
        this.#receiver(event);
        break;
      case 'file-folder':
        this.#folder(event);
        break;
      case 'file-allow':
      case 'file-revoke':
        this.#audience(event);
        break;
      case 'file-killed':
        this.#killed(event.client);
        break;
      case 'file-chunk':
        this.#chunk(event);
        break;
      default:
        event satisfies never;
    }
  }

  #source(event: SourceEvent): void {
    const { chunks, digest, file, hash } = event;
    const known = this.#contents.get(digest);
    if (known !== undefined && known.file !== file) this.#shared.add(hash);
    this.#contents.set(digest, event);
    this.#chunks.set(hash, chunks);
  }

  #sent(event: SentEvent): void {
    const call = this.#over(event);
    if (call === undefined) return;
    const { topic } = call.sending;
    const dones = event.outcomes.filter((outcome) => outcome === 'done').length;
    const holders = this.#holders(topic, event.hash);
    if (dones > holders.length) {
      const text = `${event.client} was told that ${event.file} is at ${dones}; it is in the folders of ${holders.join(' ') || 'nobody'}`;
      this.#deps.found('file-unearned', text);
    }
    if (call.sending.to === 'one' && dones !== 1) {
      const text = `${event.file} to one resolved with ${event.outcomes.join(' ') || 'nothing'}`;
      this.#deps.found('file-unearned', text);
    }
  }

  #failed(event: SendFailedEvent): void {
    const call = this.#over(event);
    if (call === undefined || event.code !== 'AMOP_CLIENT_FILE_FAILED') return;
    if (event.reason === 'key-revoked') return;
    const { atMs, client, file, reason } = event;
    const sinceMs = call.sending.atMs;
    // The call does not say which transfer it was: any of the same content will do.
    const hashes = [...this.#contents.values()].flatMap((each) =>
      each.file === file ? each.hash : [],
    );
    const all = [...this.#transfers.values()].filter(({ hash }) => hashes.includes(hash));
    const isTrue = all.some(
      ({ failedMs, startedMs }) =>
        failedMs >= sinceMs || failedMs >= startedMs || atMs - startedMs < REPORTS_MS,
    );
    if (isTrue) return;
    this.#deps.found(
      'file-false-end',
      `${client} was told that the receiver of ${file} has failed (${reason}); none has`,
    );
  }

  #over({ call: name, client, file }: SentEvent | SendFailedEvent): CallRecord | undefined {
    const call = this.#calls.get(name);
    if (call === undefined || call.isOver) {
      const text = `${client}: sendFile ${name} of ${file} ended though it was not open`;
      this.#deps.found('one-outcome', text);
      return undefined;
    }
    call.isOver = true;
    return call;
  }

  #receiver(event: ReceiverEvent): void {
    const { atMs, client, hash, to, topic, transfer, what } = event;
    let record = this.#transfers.get(transfer);
    if (record === undefined) {
      const never = Number.NEGATIVE_INFINITY;
      record = { topic, hash, to, takers: new Set(), startedMs: never, failedMs: never };
      this.#transfers.set(transfer, record);
    }
    if (what === 'started') record.startedMs = atMs;
    if (what === 'failed') {
      record.failedMs = atMs;
      this.#checkTaken(event);
    }
    if (what !== 'done') return;
    record.takers.add(client);
    if (to === 'one' && record.takers.size > 1) {
      const text = `${[...record.takers].join(' and ')} both got transfer ${transfer}, which is to one`;
      this.#deps.found('file-two-takers', text);
    }
    const hasIt = this.#holders(topic, hash).includes(client);
    if (!hasIt) {
      const text = `${client} was told that transfer ${transfer} is in its place; no file of that hash is`;
      this.#deps.found('file-whole', text);
    }
  }

  /** Whoever has got a chunk of a file to one keeps it. */
  #checkTaken({ client, reason, transfer }: ReceiverEvent): void {
    const chunks = this.#served.get(`${transfer} ${client}`);
    if (reason !== 'taken-by-another' || chunks === undefined) return;
    const text = `${client} got ${chunks} chunks of ${transfer}, which is to one, and then it was for another`;
    this.#deps.found('file-two-takers', text);
  }

  #folder(event: FolderEvent): void {
    const { client, files, topic } = event;
    const key = `${client} ${topic}`;
    for (const [name, digest] of Object.entries(files)) {
      const isOurs = this.#laid.has(`${key} ${name}`) || this.#contents.has(digest);
      if (isOurs) continue;
      const text = `${client} has ${JSON.stringify(name)} in its folder, which is no file that was sent`;
      this.#deps.found('file-whole', text);
    }
    for (const [place, digest] of this.#laid) {
      if (!place.startsWith(`${key} `)) continue;
      const name = place.slice(key.length + 1);
      if (files[name] === digest) continue;
      this.#deps.found('file-kept', `${client}: ${JSON.stringify(name)} is not what it was`);
    }
    for (const [name, digest] of Object.entries(this.#folders.get(key)?.files ?? {})) {
      if (files[name] === digest) continue;
      this.#deps.found('file-kept', `${client}: ${JSON.stringify(name)} was there, and is not`);
    }
    this.#folders.set(key, event);
    this.#countTakers(topic);
  }

  /** Of what is to one there are no more files than transfers that brought it. */
  #countTakers(topic: string): void {
    for (const { file, hash } of this.#contents.values()) {
      if (this.#shared.has(hash)) continue;
      const sendings = [...this.#calls.values()].filter(({ sending }) => sending.file === file);
      if (!sendings.some(({ sending }) => sending.topic === topic && sending.to === 'one'))
        continue;
      const holders = this.#holders(topic, hash);
      const transfers = [...this.#transfers.values()].filter((each) => each.hash === hash);
      if (holders.length <= Math.max(1, transfers.length)) continue;
      const text = `${file} is to one, in ${transfers.length} transfers, and with ${holders.join(' and ')}`;
      this.#deps.found('file-two-takers', text);
    }
  }

  /** Who has a content with that hash in its folder. */
  #holders(topic: string, hash: string): string[] {
    return [...this.#folders.values()].flatMap(({ client, files, topic: at }) => {
      const digests = Object.values(files);
      const hasIt = digests.some((digest) => this.#contents.get(digest)?.hash === hash);
      return at === topic && hasIt ? client : [];
    });
  }

  #audience({ atMs, client, holder, kind, topic }: FileAudienceEvent): void {
    const key = `${client} ${topic} ${holder}`;
    if (kind === 'file-allow') this.#revoked.delete(key);
    else this.#revoked.set(key, atMs);
  }

  #killed(client: string): void {
    for (const call of this.#calls.values()) if (call.sending.client === client) call.isOver = true;
    for (const key of [...this.#revoked.keys()]) {
      if (key.startsWith(`${client} `)) this.#revoked.delete(key);
    }
  }

  #chunk({ atMs, client, receiver, transfer }: ChunkEvent): void {
    if (receiver === undefined) return;
    const served = (this.#served.get(`${transfer} ${receiver}`) ?? 0) + 1;
    this.#served.set(`${transfer} ${receiver}`, served);
    const { hash = '', topic = '' } = this.#transfers.get(transfer) ?? {};
    const revokedMs = this.#revoked.get(`${client} ${topic} ${receiver}`);
    if (revokedMs !== undefined && atMs > revokedMs + REVOKE_SLACK_MS) {
      const text = `${client} sent a chunk of ${transfer} for ${receiver}, whose key was revoked`;
      this.#deps.found('file-revoked', text);
    }
    const count = this.#chunks.get(hash);
    const interruptions = this.#deps.interruptions();
    // All that is asked for at the same time may be on the way when something goes wrong: of small files that is all.
    if (count === undefined || served <= count * (1 + interruptions)) return;
    const text = `${client} sent ${receiver} ${served} chunks of ${transfer}, which has ${count}, after ${interruptions} interruptions`;
    this.#deps.found('file-twice-sent', text);
  }
}
