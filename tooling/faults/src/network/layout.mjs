// Network namespaces on one bridge, which is in a namespace too: the network of the machine is not touched.
import { execFileSync } from 'node:child_process';

const PREFIX = 'amop-faults-';
const NAME = new RegExp(`^${PREFIX}(\\d+)-`);

/** Name of the host with the bridge; its address is where proxies listen. */
export const HUB = 'hub';

function ip(...args) {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Hosts with an address each, every one behind a link of its own. */
export class Layout {
  #pid;
  /** @type {string[]} */
  #namespaces = [];

  /** @param {number} pid of the process that removes it; stands in the names */
  constructor(pid) {
    this.#pid = pid;
  }

  /**
   * Makes the namespaces; nothing is left of them when that fails.
   *
   * @param {{ name: string, address: string }[]} hosts the one named {@link HUB} among them; addresses of one /24
   */
  create(hosts) {
    try {
      for (const { name } of hosts) {
        const namespace = this.#of(name);
        ip('netns', 'add', namespace);
        this.#namespaces.push(namespace);
        ip('-n', namespace, 'link', 'set', 'lo', 'up');
      }
      const hub = this.#of(HUB);
      ip('-n', hub, 'link', 'add', 'br0', 'type', 'bridge');
      ip('-n', hub, 'link', 'set', 'br0', 'up');
      for (const { name, address } of hosts) this.#connect(name, address);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  #connect(name, address) {
    const hub = this.#of(HUB);
    if (name === HUB) {
      ip('-n', hub, 'address', 'add', `${address}/24`, 'dev', 'br0');
      return;
    }
    const inside = this.#of(name);
    ip(
      ...['-n', hub, 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0'],
      ...['netns', inside],
    );
    ip('-n', hub, 'link', 'set', name, 'master', 'br0', 'up');
    ip('-n', inside, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', inside, 'link', 'set', 'eth0', 'up');
  }

  /** Takes the link of a host down, so that nothing passes in either direction, or up again. */
  setLink(name, isUp) {
    ip('-n', this.#of(HUB), 'link', 'set', name, isUp ? 'up' : 'down');
  }

  /** The words before a command that is to run on a host; they replace themselves by it. */
  enter(name) {
    return ['ip', 'netns', 'exec', this.#of(name)];
  }

  /** Ends whatever runs on the hosts and removes them. Works at any time, also a second time. */
  remove() {
    for (const namespace of this.#namespaces.splice(0)) removeNamespace(namespace);
  }

  #of(name) {
    return `${PREFIX}${this.#pid}-${name}`;
  }
}

/**
 * Removes what runs left behind whose process is no more.
 *
 * @returns {string[]} the namespaces
 */
export function sweep() {
  const names = ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0]);
  const stale = names.filter((name) => {
    const pid = NAME.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
  for (const name of stale) removeNamespace(name);
  return stale;
}

function removeNamespace(name) {
  try {
    // Whoever runs in a namespace of this name was started for it.
    for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean)) kill(Number(pid));
    ip('netns', 'delete', name);
  } catch (error) {
    console.error(`namespace ${name} could not be removed: ${error.message}`);
  }
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

/** Why namespaces cannot be made here; undefined when they can. */
export function obstacle() {
  if (process.platform !== 'linux') return 'network namespaces are a thing of Linux';
  if (process.getuid() !== 0) return 'it needs root, to make network namespaces';
  const trial = `${PREFIX}${process.pid}-trial`;
  try {
    ip('netns', 'add', trial);
  } catch (error) {
    if (error.code === 'ENOENT') return 'the command "ip" (iproute2) is missing';
    return `network namespaces cannot be made here: ${String(error.stderr).trim()}`;
  }
  try {
    ip('-n', trial, 'link', 'add', 'br0', 'type', 'bridge');
    ip('-n', trial, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    return undefined;
  } catch (error) {
    return `bridge or veth cannot be made here: ${String(error.stderr).trim()}`;
  } finally {
    removeNamespace(trial);
  }
}
