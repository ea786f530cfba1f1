import { type AmopClient, connect } from '@amop/client';
import { type ChildMessage, isStartMessage, preciseNow } from '../ipc.ts';

/** Topic on which bank B answers questions about accounts. */
export const PAYMENTS_TOPIC = 'payments.query';

/** Topic on which bank A publishes exchange rates to all who listen. */
export const RATES_TOPIC = 'fx.rates';

/** Private topic on which bank A sends orders, for bank B alone. */
export const ORDERS_TOPIC = 'orders';

/** Private topic on which bank A sends files, for bank B alone. */
export const STATEMENTS_TOPIC = 'statements';

/** Closing a connection takes milliseconds; longer than this it is not waited for. */
const CLOSE_MS = 1000;

/** One application of a bank, in a process of its own. */
export interface BankProcess {
  readonly client: AmopClient;
  /** Of its node. */
  readonly channelPort: string;
  /** Says on the terminal of the demo what happens. */
  say(text: string): void;
  /** Tells the demo that this application is ready. */
  ready(): void;
  /** Tells the demo that the opening scene is over. */
  opened(): void;
  /** Resolves when the demo says so. */
  readonly started: Promise<void>;
}

/**
 * Connects to the node of the bank, named by the arguments `host:port` and certificate folder, and ends with the demo:
 * when the channel to it closes.
 */
export async function openBankProcess(): Promise<BankProcess> {
  const [node = '', directory = ''] = process.argv.slice(2);
  const started = new Promise<void>((resolve) => {
    process.on('message', (message) => {
      if (isStartMessage(message)) resolve();
    });
  });
  let client: AmopClient | undefined;
  const end = (): void => {
    setTimeout(() => process.exit(0), CLOSE_MS).unref();
    void Promise.resolve(client?.close()).finally(() => process.exit(0));
  };
  process.once('disconnect', end);
  // The channel may have closed while this module was loaded.
  if (!process.connected) end();

  client = await connect({ nodes: node, tls: { directory } });
  const say = (text: string): void => tell({ kind: 'line', text, at: preciseNow() });
  client.on('disconnected', () => say(`lost the connection to its node ${node}`));
  client.on('connected', () => say(`is connected to its node ${node} again`));
  say(`is connected to its node ${node}, mutual TLS`);
  return {
    client,
    channelPort: node.slice(node.lastIndexOf(':') + 1),
    say,
    ready: () => tell({ kind: 'ready' }),
    opened: () => tell({ kind: 'opened' }),
    started,
  };
}

function tell(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}
