/** Codes of {@link NodeError}; each has a heading in docs/errors.md. */
export const NODE_ERROR_CODES = [
  'AMOP_NODE_CONFIG_FILE',
  'AMOP_NODE_CONFIG_VALUE',
  'AMOP_NODE_CREDENTIALS',
  'AMOP_NODE_LISTEN',
  'AMOP_NODE_RELOAD',
  'AMOP_NODE_STATE',
] as const;

/** Code of a {@link NodeError}. */
export type NodeErrorCode = (typeof NODE_ERROR_CODES)[number];

/** What a {@link NodeError} is about; JSON-safe, no secrets. */
export interface NodeErrorDetails {
  readonly file?: string;
  readonly section?: string;
  readonly key?: string;
  readonly value?: string;
  readonly host?: string;
  readonly port?: number;
  /** What to do, in one sentence. */
  readonly fix?: string;
}

/** An error of `@amop/node`: a broken configuration or a port that cannot be opened. Match on `code`. */
export class NodeError extends Error {
  override readonly name = 'NodeError';
  readonly code: NodeErrorCode;
  readonly details: NodeErrorDetails;

  constructor(code: NodeErrorCode, message: string, details: NodeErrorDetails, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}
