import type { SimDisk } from '../machine/sim-disk.ts';
import type { FileStep } from '../plan/file-plan.ts';
import type { Stage } from '../run/stage.ts';
import { FileContext, type FileHost, type FileScene } from './file-context.ts';
import { OwnReceiving } from './own-receiving.ts';
import { OwnSending } from './own-sending.ts';

const LAST_DISK_MS = 200;

/** What an application on the shipped client does with files; writes down all that it does and sees. */
export class OwnFiles {
  readonly sending: OwnSending;
  readonly receiving: OwnReceiving;
  readonly #context: FileContext;

  constructor(
    name: string,
    scene: FileScene,
    dependencies: { readonly disk: SimDisk; readonly stage: Stage; readonly host: FileHost },
  ) {
    this.#context = new FileContext(name, scene, dependencies);
    this.receiving = new OwnReceiving(this.#context);
    this.sending = new OwnSending(this.#context);
  }

  get disk(): SimDisk {
    return this.#context.disk;
  }

  /** Does what a step says. */
  perform(step: FileStep): void {
    const { kind, topic } = step;
    switch (kind) {
      case 'file-send':
        this.sending.send(step);
        break;
      case 'file-receive':
        this.receiving.receive(step);
        break;
      case 'file-unreceive':
        this.receiving.unreceive(topic);
        break;
      case 'file-abort':
        this.sending.abort(step.file);
        break;
      case 'file-anew':
        this.sending.abortForGood(step.file);
        break;
      case 'file-change':
        this.sending.change(step.file, step.change);
        break;
      case 'file-revoke':
        this.sending.revoke(topic, step.key);
        break;
      case 'file-allow':
        this.sending.allow(topic, step.key);
        break;
      default:
        kind satisfies never;
    }
  }

  /** A life begins: what was under way goes on. */
  begin(): void {
    this.receiving.begin();
    this.sending.begin();
  }

  /** The process is gone, and with `isPowerLost` its machine. */
  crashed(isPowerLost: boolean): void {
    const { disk, name, stage } = this.#context;
    disk.unplug(isPowerLost);
    stage.recordFile({ kind: 'file-killed', client: name });
    this.#forget();
    this.receiving.lookAtAll();
  }

  /** The client is about to close: what is open ends with it. */
  end(): void {
    this.receiving.end();
  }

  /** The client has closed: nothing of it may be left. */
  ended(): void {
    const { disk, host, name, stage } = this.#context;
    // One that was frozen may have run out of time before its disk had answered.
    host.process().later(LAST_DISK_MS, () => {
      const held = disk.held();
      if (held !== '') stage.found('left-over', `${name} has closed: ${held}`);
    });
    this.receiving.lookAtAll();
    stage.recordFile({ kind: 'file-killed', client: name });
    this.#forget();
  }

  /** No fault from here on: everything that was given up is taken up again. */
  calm(): void {
    this.disk.heal();
    this.sending.calm();
    this.receiving.calm();
    this.sending.begin();
  }

  /** Sends nothing more and receives nothing more; resolves when that has ended. */
  async close(): Promise<void> {
    await Promise.all([this.receiving.close(), this.sending.close()]);
  }

  #forget(): void {
    this.sending.forget();
    this.receiving.forget();
  }
}
