/** Details of each code: JSON-safe, no secrets. */
export interface DaemonErrorDetails {
  /** Wrong arguments or options. */
  AMOP_DAEMON_USAGE: { readonly argument?: string; readonly fix?: string };
  /** `amop certs` would have to overwrite `path`. */
  AMOP_DAEMON_CERTS_EXIST: { readonly path: string };
  /** `amop certs` could not write under `path`. */
  AMOP_DAEMON_CERTS_WRITE: { readonly path: string; readonly fix?: string };
  /** The authority that is to issue lacks a file, or is none for this. */
  AMOP_DAEMON_CERTS_AUTHORITY: {
    readonly path: string;
    readonly missing?: readonly string[];
    readonly fix: string;
  };
  /** A certificate cannot be renewed as it is asked for. */
  AMOP_DAEMON_CERTS_RENEW: { readonly path: string; readonly fix: string };
  /** `amop certs verify` has found something. */
  AMOP_DAEMON_CERTS_FINDINGS: { readonly findings: number; readonly files: number };
  /** `amop doctor` has found errors. */
  AMOP_DAEMON_DOCTOR_FINDINGS: { readonly errors: number; readonly warnings: number };
  /** The file of `--passphrase-file` cannot be used. */
  AMOP_DAEMON_PASSPHRASE_FILE: { readonly path: string };
  /** The file of a topic's key cannot be read, or would have to be overwritten. */
  AMOP_DAEMON_KEY_FILE: { readonly path: string; readonly fix: string };
  /** A certificate that `amop certs` was asked for cannot be read. */
  AMOP_DAEMON_CERTS_READ: { readonly path: string };
  /** A signal ended the command before it had done anything. */
  AMOP_DAEMON_STOPPED: Readonly<Record<string, never>>;
  /** The configuration file of `amopd` cannot be read. */
  AMOP_DAEMON_CONFIG_FILE: { readonly path: string; readonly fix?: string };
  /** The admin port of `amopd` cannot be opened, or one cannot be asked by `amop`. */
  AMOP_DAEMON_ADMIN: { readonly endpoint: string; readonly status?: number; readonly fix?: string };
  /** No node that was asked knows a message. */
  AMOP_DAEMON_NO_TRACE: { readonly seq: string; readonly fix: string };
  /** The audit log of `amopd` cannot be written. */
  AMOP_DAEMON_AUDIT: { readonly path: string; readonly fix: string };
  /** The configuration of the Java SDK cannot be read, or says what cannot be; `line` from 1. */
  AMOP_DAEMON_SDK_CONFIG: { readonly path: string; readonly line?: number; readonly fix: string };
  /** The certificate folder of `amop` does not exist or lacks a file. */
  AMOP_DAEMON_SDK_FOLDER: { readonly path: string; readonly missing: readonly string[] };
  /** The body of a message cannot be read, or is larger than a frame. */
  AMOP_DAEMON_BODY: { readonly source: string; readonly limitBytes?: number };
  /** `amop send` has told of files that were not sent, or not to everybody who took them. */
  AMOP_DAEMON_NOT_SENT: { readonly files: number; readonly failed: number };
  /** `--timeout` ended a wait before `--count` messages or files came. */
  AMOP_DAEMON_INCOMPLETE: { readonly expected: number; readonly received: number };
}

/** Every code of this package; callers match on it. */
export type DaemonErrorCode = keyof DaemonErrorDetails;

/** The one error class of `@amop/daemon`. */
export class DaemonError<Code extends DaemonErrorCode = DaemonErrorCode> extends Error {
  override readonly name: string = 'DaemonError';
  /** Stable name of what went wrong. */
  readonly code: Code;
  /** Facts of this case. */
  readonly details: DaemonErrorDetails[Code];

  /**
   * @param code stable name
   * @param message one sentence: what was expected, what came, where
   * @param details facts of this case
   * @param options the cause
   */
  constructor(
    code: Code,
    message: string,
    details: DaemonErrorDetails[Code],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}
