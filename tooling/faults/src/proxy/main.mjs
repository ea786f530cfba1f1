// The proxy process, on the hub. It is told over IPC what to do to which lane.
import { Random } from '../random.mjs';
import { Lane } from './lane.mjs';

const [seed, host] = process.argv.slice(2);
const random = new Random(`${seed} proxy`);
/** @type {Map<string, Lane>} */
const lanes = new Map();

const commands = {
  open: async ({ lane, port, target }) => {
    lanes.set(lane, new Lane(target, random));
    await lanes.get(lane).listen(host, port);
  },
  set: ({ lane, conditions }) => lanes.get(lane).set(conditions),
  corrupt: ({ lane, side }) => lanes.get(lane).corrupt(side),
  cut: ({ lane, side, bytes }) => lanes.get(lane).cut(side, bytes),
};

process.on('disconnect', () => process.exit(0));
process.on('message', async ({ id, command, ...rest }) => {
  try {
    process.send({ id, answer: (await commands[command](rest)) ?? null });
  } catch (error) {
    process.send({ id, error: error.message });
  }
});
