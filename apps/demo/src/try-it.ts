import { type Bank, privateKeyFile, publicKeyFile, sdkFolder } from './places.ts';
import type { NodePlan } from './ports.ts';

/** Channel port that `amop` connects to when it is told nothing. */
const DEFAULT_CHANNEL_PORT = 20_200;

/** Admin port that `amop` asks when it is told nothing. */
const DEFAULT_ADMIN_PORT = 20_400;

/** Commands for a second terminal, ready to paste in the root of the repository. */
export function tryItText(nodes: readonly NodePlan[]): string {
  const amop = (bank: Bank, command: string): string => {
    const port = nodes.find((node) => node.bank === bank)?.channelPort ?? DEFAULT_CHANNEL_PORT;
    const node = port === DEFAULT_CHANNEL_PORT ? '' : ` --node 127.0.0.1:${port}`;
    // Without --certs amop is an application of bank A.
    const certs = bank === 'bankA' ? '' : ` --certs ${sdkFolder(bank)}`;
    return `  node_modules/.bin/amop ${command}${node}${certs}`;
  };
  return `
Both banks stay up and talk now and then; Ctrl-C ends everything. In a second terminal, in this folder:

  # as bank A, ask bank B, and be answered
${amop('bankA', `request payments.query '{"account":"42"}'`)}

  # send a rate to all subscribers: two lines will appear above
${amop('bankA', `pub fx.rates '{"pair":"EUR/USD","rate":"1.0901"}'`)}

  # as bank B, see the rates as they come
${amop('bankB', 'sub fx.rates')}

  # the private topic: bank B proves its key and reads; without --private, or with another key, nothing comes
${amop(
  'bankB',
  `sub orders --private ${privateKeyFile('bankB')} --publisher ${publicKeyFile('bankA')}`,
)}
${amop('bankA', `pub orders 'buy 5 m EUR' --private-to ${publicKeyFile('bankB')} --private ${privateKeyFile('bankA')}`)}

  # a topic of your own: bank B answers in one terminal, bank A asks in another
${amop('bankB', 'reply greetings --echo')}
${amop('bankA', `request greetings 'hello'`)}

  # files: bank B receives in one terminal, bank A sends in another; Ctrl-C either and run it again, it goes on
${amop('bankB', 'receive --topic files --dir .amop/received')}
${amop('bankA', 'send pnpm-lock.yaml --topic files')}

  # which nodes are connected, who listens to what
${amop('bankA', 'peers')}
${amop('bankA', 'topics')}
${adminText(nodes)}
`;
}

/** Commands for the operator; nothing in a network that has no admin ports. */
function adminText(nodes: readonly NodePlan[]): string {
  const ports = nodes.flatMap(({ adminPort }) => adminPort ?? []);
  const [first] = ports;
  if (first === undefined) return '';
  const admin = first === DEFAULT_ADMIN_PORT ? '' : ` --admin 127.0.0.1:${first}`;
  return `
  # as the operator of bank A's node: watch it live; who gets the rates; metrics for Prometheus
  node_modules/.bin/amop top${admin}
  node_modules/.bin/amop subscribers fx.rates${admin}
  curl -s 127.0.0.1:${first}/metrics
`;
}
