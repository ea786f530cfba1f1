import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureCertificates } from './certificates.ts';
import { ChildGroup } from './child-group.ts';
import { isChildMessage, preciseNow } from './ipc.ts';
import { LOG_FILE, startNode } from './node-process.ts';
import { type Bank, DATA, nodeFolder, ROOT, sdkFolder } from './places.ts';
import { type NodePlan, planPorts } from './ports.ts';
import { Screen } from './screen.ts';
import { ensureTopicKeys } from './topic-keys.ts';
import { tryItText } from './try-it.ts';
import { endProcess, watchEnd } from './watch-end.ts';

const screen = new Screen((text) => process.stdout.write(text));
const group = new ChildGroup(({ who, how, lastLine }) => {
  const reason = lastLine === undefined ? how : `${how}: ${lastLine}`;
  end(
    1,
    `${who} ended unexpectedly (${reason}). Logs: ${nodeFolder('bankA')}/${LOG_FILE}, ${nodeFolder('bankB')}/${LOG_FILE}`,
  );
});
let ending = false;

watchEnd(() => {
  // The second time: at once.
  if (ending) group.kill();
  else end(0, 'Ending both banks ...');
});
try {
  await play();
} catch (error) {
  end(1, error instanceof Error ? error.message : String(error));
}

async function play(): Promise<void> {
  screen.text('\nTwo banks, each with its own node, talk to each other directly.\n\n');
  const fresh = await ensureCertificates();
  say(
    'certificates',
    fresh ? `made for both banks, in ${DATA}/` : `of an earlier start, in ${DATA}/`,
  );
  if (await ensureTopicKeys()) {
    say('topic keys', 'made: each bank keeps its private key and has the public one of the other');
  }
  const { nodes, replaced } = await planPorts();
  for (const [taken, free] of replaced) {
    say('ports', `${taken} is in use (perhaps by another npm start), ${free} is taken instead`);
  }
  await Promise.all(
    nodes.map(async (plan) => {
      await startNode(group, plan);
      say(
        `${plan.bank} node`,
        `is up: applications connect to 127.0.0.1:${plan.channelPort}, other nodes to 127.0.0.1:${plan.p2pPort}`,
      );
    }),
  );
  await Promise.all([
    startBank({ bank: 'bankB', department: 'payments' }, nodes),
    startBank({ bank: 'bankA', department: 'treasury' }, nodes),
  ]);
  // A thief in bank A: its certificate is good, and the node of the one who sends is its own.
  const thief = { bank: 'bankA', department: 'eavesdropper', who: 'eavesdropper' } as const;
  const eavesdropper = await startBank(
    { ...thief, onOpened: () => screen.text(tryItText(nodes)) },
    nodes,
  );
  const desk = await startBank(
    { bank: 'bankA', department: 'desk', onOpened: () => eavesdropper.send({ kind: 'start' }) },
    nodes,
  );
  desk.send({ kind: 'start' });
}

/** One application of a bank. */
interface Application {
  readonly bank: Bank;
  /** Its script in `bank/`. */
  readonly department: string;
  /** Its name on the screen, where it is not bank and department. */
  readonly who?: string;
  /** Called when its part of the opening scene is over. */
  readonly onOpened?: () => void;
}

/** Starts an application; resolves when it is connected and subscribed. */
function startBank(
  { bank, department, onOpened, who = `${bank} ${department}` }: Application,
  nodes: readonly NodePlan[],
): Promise<ChildProcess> {
  const port = nodes.find((node) => node.bank === bank)?.channelPort;
  return new Promise((resolve) => {
    const child = group.start({
      who,
      script: fileURLToPath(new URL(`./bank/${department}.js`, import.meta.url)),
      args: [`127.0.0.1:${port}`, sdkFolder(bank)],
      cwd: ROOT,
      onMessage: (message) => {
        if (!isChildMessage(message)) return;
        if (message.kind === 'line') screen.line(who, message.text, message.at);
        else if (message.kind === 'opened') onOpened?.();
        else resolve(child);
      },
    });
  });
}

function say(who: string, text: string): void {
  screen.line(who, text, preciseNow());
}

/** Says why, ends all children, then this process. Only the first call counts. */
function end(exitCode: number, why: string): void {
  if (ending) return;
  ending = true;
  screen.text(`\n${why}\n`);
  void group.stop().then(() => {
    screen.text('All processes have ended.\n');
    endProcess(exitCode);
  });
}
