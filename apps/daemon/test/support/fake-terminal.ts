import type { Environment, Terminal } from '../../src/terminal.ts';

/** What a test wants the process around a command to look like. */
export interface FakeTerminalOptions {
  readonly cwd?: string;
  readonly env?: Environment;
  readonly isTty?: Partial<Terminal['isTty']>;
  readonly columns?: number;
  /** Chunks that come from standard input. */
  readonly stdin?: readonly (string | Uint8Array)[];
}

/** A terminal that remembers what was written. */
export interface FakeTerminal extends Terminal {
  readonly stdoutBytes: () => Uint8Array;
  readonly stdoutText: () => string;
  readonly stderrText: () => string;
  /** Resolves once stderr holds the text. */
  readonly stderrHas: (text: string) => Promise<void>;
  /** Resolves once stdout holds the text. */
  readonly stdoutHas: (text: string) => Promise<void>;
  /** As Ctrl-C. */
  readonly interrupt: () => void;
}

export function fakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const chunks: Uint8Array[] = [];
  let stderr = '';
  const waiting = new Set<() => void>();
  const controller = new AbortController();
  const stdoutText = (): string => Buffer.concat(chunks).toString('utf8');
  const until = (isThere: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!isThere()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const bytesOf = (data: string | Uint8Array): Uint8Array =>
    typeof data === 'string' ? new TextEncoder().encode(data) : data;
  return {
    cwd: options.cwd ?? process.cwd(),
    env: options.env ?? {},
    isTty: { stdin: false, stdout: false, stderr: false, ...options.isTty },
    columns: () => options.columns,
    stop: controller.signal,
    onHangup: () => undefined,
    stdin: async function* () {
      for (const chunk of options.stdin ?? []) yield bytesOf(chunk);
    },
    out: (data) => {
      chunks.push(bytesOf(data));
      for (const check of waiting) check();
      return true;
    },
    err: (text) => {
      stderr += text;
      for (const check of waiting) check();
    },
    flush: async () => undefined,
    stdoutBytes: () => Buffer.concat(chunks),
    stdoutText,
    stderrText: () => stderr,
    stderrHas: (text) => until(() => stderr.includes(text)),
    stdoutHas: (text) => until(() => stdoutText().includes(text)),
    interrupt: () => controller.abort(),
  };
}
