import xterm from '@xterm/headless';

/** What a person sees of what was written to a terminal. */
export interface Screen {
  write(text: string): void;
  /** The lines, without empty ones at the end. */
  lines(): Promise<string[]>;
}

/** An emulated terminal, with `convertEol` as the line discipline of a real one has it. */
export function createScreen(columns: number): Screen {
  const terminal = new xterm.Terminal({
    cols: columns,
    rows: 30,
    convertEol: true,
    allowProposedApi: true,
  });
  return {
    write: (text) => terminal.write(text),
    lines: async () => {
      await new Promise<void>((resolve) => terminal.write('', resolve));
      const { active } = terminal.buffer;
      const rows = Array.from({ length: active.length }, (_, row) =>
        (active.getLine(row)?.translateToString(true) ?? '').trimEnd(),
      );
      while (rows.at(-1) === '') rows.pop();
      return rows;
    },
  };
}
