import type { AmopClient } from '@amop/client';
import type { SimDisk } from '../machine/sim-disk.ts';
import type { SimProcess } from '../machine/sim-process.ts';
import type { FileTopicPlan, ReceiverManner } from '../plan/file-plan.ts';
import type { Stage } from '../run/stage.ts';

/** What files need of their application. */
export interface FileHost {
  /** Undefined while it connects. */
  readonly client: () => AmopClient | undefined;
  readonly process: () => SimProcess;
  readonly watch: (promise: Promise<unknown>) => void;
}

/** What is planned for all. */
export interface FileScene {
  readonly topics: readonly FileTopicPlan[];
  /** Numbers of the keys of all clients, and their names. */
  readonly keys: ReadonlyMap<number, string>;
  /** Who receives on a topic at some time. */
  receivers(topic: string): readonly { readonly client: string; readonly manner: ReceiverManner }[];
  /** Looks at the folders of everybody for a topic. */
  look(topic: string): void;
}

/** What sending and receiving files of one application have in common. */
export class FileContext {
  readonly name: string;
  readonly scene: FileScene;
  readonly disk: SimDisk;
  readonly stage: Stage;
  readonly host: FileHost;

  constructor(
    name: string,
    scene: FileScene,
    dependencies: { readonly disk: SimDisk; readonly stage: Stage; readonly host: FileHost },
  ) {
    this.name = name;
    this.scene = scene;
    this.disk = dependencies.disk;
    this.stage = dependencies.stage;
    this.host = dependencies.host;
  }

  /** Of its key. */
  get keyNumber(): number {
    return Number(this.name.slice(1));
  }

  isPrivate(topic: string): boolean {
    return this.scene.topics.some(({ isPrivate, name }) => isPrivate && name === topic);
  }

  /** Runs something unless the process ends before. */
  later(minMs: number, maxMs: number, run: () => void): void {
    const process = this.host.process();
    process.later(minMs + process.random.below(maxMs - minMs), run);
  }
}
