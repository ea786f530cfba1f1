import { type Command, Option } from 'commander';
import { PROFILES } from '../../certs/plan.ts';

/** Options of every command that makes something in a network. */
export interface CommonOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** Gives `command` the options of {@link CommonOptions} with their help. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--out <dir>', "the network's folder", 'nodes')
    .option('--json', 'one JSON object instead of text')
    .option('--verbose', 'the stack of an error');
}

/** `--profile`, for commands that begin a network. */
export function profileOption(): Option {
  return new Option(
    '--profile <profile>',
    'kind of keys: secp256k1 as original nodes have; rsa the same, with RSA for applications (Java 16 and later need it); p256 without original nodes',
  )
    .choices(PROFILES)
    .default('secp256k1');
}
