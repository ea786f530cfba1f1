import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type {
  Answer,
  Answering,
  Application,
  MessageOptions,
  Received,
  RequestOptions,
  TopicKey,
} from './application.ts';
import { Inboxes } from './inboxes.ts';
import type { Jdk } from './java/jdk.ts';
import { errorsOf, MULTICAST_ACK_ERROR } from './java/sdk-log.ts';
import { writeProviders } from './java/security-providers.ts';

/** How a Java application is run. */
export interface JavaOptions {
  readonly jdk: Jdk;
  /** Class path of the application and the SDK. */
  readonly classPath: string;
  /** Channel ports of 127.0.0.1. */
  readonly ports: readonly number[];
  /** `ca.crt`, `sdk.crt`, `sdk.key`. */
  readonly sdkFolder: string;
  /** Put Bouncy Castle, which the SDK brings along, before the JDK's own providers. */
  readonly bouncyCastle?: boolean;
}

/** What the process writes, one JSON object a line. */
interface Report {
  readonly event: 'ready' | 'failed' | 'done' | 'message';
  readonly id?: number;
  readonly error?: string;
  readonly code?: number;
  readonly kind?: Received['kind'];
  readonly topic?: string;
  readonly content?: string;
  readonly file?: string;
  readonly peers?: readonly string[];
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** An application on the original Java SDK, in a process of its own. */
export class JavaApplication implements Application {
  readonly name = 'Java';
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #inboxes = new Inboxes();
  readonly #waiting: Map<number, (report: Report) => void> = new Map();
  readonly #started: Promise<void>;
  #commands = 0;
  #multicasts = 0;
  readonly #connections: number;

  private constructor({ bouncyCastle, classPath, jdk, ports, sdkFolder }: JavaOptions) {
    this.#connections = ports.length;
    this.#folder = mkdtempSync(join(tmpdir(), 'amop-interop-'));
    writeFileSync(join(this.#folder, 'config.toml'), formatToml(ports, sdkFolder));
    const flags = ['-Xmx256m', `-Dorg.slf4j.simpleLogger.logFile=${this.#logFile}`];
    if (bouncyCastle) flags.push(`-Djava.security.properties=${writeProviders(this.#folder)}`);
    const program = ['-cp', classPath, 'org.amop.interop.Application', 'config.toml'];
    const child = spawn(jdk.java, [...flags, ...program], {
      cwd: this.#folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    child.stderr.resume();
    const lines = createInterface({ input: child.stdout });
    this.#started = new Promise((resolve, reject) => {
      child.once('exit', () => reject(new Error(`the Java application ended:\n${this.log}`)));
      lines.on('line', (line) => {
        // The native library under the SDK prints by itself, such as a signature that it refuses.
        if (!line.startsWith('{')) return;
        const report = JSON.parse(line) as Report;
        if (report.event === 'ready') resolve();
        else if (report.event === 'failed') reject(new Error(`${report.error}\n${this.log}`));
        else this.#take(report);
      });
    });
  }

  /**
   * Starts the process and waits until the SDK is connected.
   *
   * @throws Error with what the SDK says when it cannot connect
   */
  static async start(options: JavaOptions): Promise<JavaApplication> {
    const application = new JavaApplication(options);
    try {
      await application.#started;
      return application;
    } catch (error) {
      await application.#end();
      throw error;
    }
  }

  /** Everything that the SDK has logged. */
  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  async subscribe(topic: string, answering: Answering = 'reverse'): Promise<void> {
    await this.#perform({ do: 'subscribe', topic, answer: answering });
  }

  async unsubscribe(topic: string): Promise<void> {
    await this.#perform({ do: 'unsubscribe', topic });
  }

  async request(topic: string, content: Uint8Array, options: RequestOptions = {}): Promise<Answer> {
    const message = { do: 'request', topic, content: toBase64(content), ...options };
    const { code = -1, content: answer } = await this.#perform(message);
    return { code, ...(answer !== undefined && { content: fromBase64(answer) }) };
  }

  async multicast(topic: string, content: Uint8Array, options?: MessageOptions): Promise<void> {
    this.#multicasts += this.#connections;
    await this.#perform({ do: 'broadcast', topic, content: toBase64(content), ...options });
  }

  async subscribePrivate(
    topic: string,
    key: TopicKey,
    answering: Answering = 'reverse',
  ): Promise<void> {
    const { privateFile: keyFile } = key;
    await this.#perform({ do: 'subscribePrivate', topic, keyFile, answer: answering });
  }

  async publishPrivate(topic: string, keys: readonly TopicKey[]): Promise<void> {
    const keyFiles = keys.map(({ publicFile }) => publicFile);
    await this.#perform({ do: 'publishPrivate', topic, keyFiles });
  }

  /** As {@link publishPrivate}, with the keys as text. */
  async publishPrivateHex(topic: string, keys: readonly TopicKey[]): Promise<void> {
    await this.#perform({ do: 'publishPrivateHex', topic, keys: keys.map(({ hex }) => hex) });
  }

  inbox(topic: string): readonly Received[] {
    return this.#inboxes.of(topic);
  }

  received(topic: string, count: number): Promise<void> {
    return this.#inboxes.reaches(topic, count);
  }

  async settle(): Promise<void> {
    await this.#perform({ do: 'settle' });
  }

  /** The nodes that the SDK would send to, `host:port`. */
  async peers(): Promise<readonly string[]> {
    return (await this.#perform({ do: 'peers' })).peers ?? [];
  }

  /**
   * Errors in the SDK's log, without those that the acknowledgements of its own multicasts cause.
   *
   * @throws Error when there are not as many of these as it has sent multicasts
   */
  async errors(): Promise<readonly string[]> {
    await this.settle();
    const errors = errorsOf(this.log);
    const others = errors.filter((line) => !line.includes(MULTICAST_ACK_ERROR));
    const acks = errors.length - others.length;
    if (acks !== this.#multicasts) {
      throw new Error(`${acks} errors of multicast acks for ${this.#multicasts} multicasts sent`);
    }
    return others;
  }

  async stop(): Promise<void> {
    await this.#perform({ do: 'stop' });
    await this.#end();
  }

  get #logFile(): string {
    return join(this.#folder, 'sdk.log');
  }

  async #end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.stdin?.end();
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #perform(command: Readonly<Record<string, unknown>>): Promise<Report> {
    const id = ++this.#commands;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, resolve);
      this.#child.stdin?.write(`${JSON.stringify({ id, ...command })}\n`, (error) => {
        if (error) reject(error);
      });
    });
  }

  #take(report: Report): void {
    const { content = '', event, file, id = 0, kind = 'unicast', topic = '' } = report;
    if (event === 'message') {
      this.#inboxes.add(topic, {
        kind,
        content: fromBase64(content),
        ...(file !== undefined && { file }),
      });
      return;
    }
    this.#waiting.get(id)?.(report);
    this.#waiting.delete(id);
  }
}

/** The smallest configuration of the SDK. */
function formatToml(ports: readonly number[], sdkFolder: string): string {
  const peers = ports.map((port) => `"127.0.0.1:${port}"`);
  return `[cryptoMaterial]
certPath = "${sdkFolder}"

[network]
peers = [${peers.join(', ')}]
`;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
