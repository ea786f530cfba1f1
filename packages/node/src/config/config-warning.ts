/** Something odd in a configuration that does not stop the start. */
export interface ConfigWarning {
  readonly code:
    | 'open-file'
    | 'no-peers'
    | 'own-node-unproved'
    | 'key-not-read'
    | 'unknown-key'
    | 'reported-version'
    | 'list-out-of-date'
    | 'list-not-checked';
  /** One sentence without its full stop. */
  readonly message: string;
  /** What to do, one sentence without its full stop. */
  readonly fix: string;
  /** The file at fault, where it is not `config.ini` itself. */
  readonly file?: string;
}

/** A warning as one line of a log. */
export function formatWarning({ fix, message }: ConfigWarning): string {
  return `${message}: ${fix}`;
}
