import type { Terminal } from '../terminal.ts';
import { LineView } from './line-view.ts';
import type { ShownTransfer } from './shown-transfer.ts';

/** Shows how far transfers are, on stderr. */
export interface TransferView {
  /** Everything else that is written while the view is open has to go through it. */
  readonly terminal: Terminal;
  /** Shows a transfer, or how far one is that is shown. */
  show(id: string, transfer: ShownTransfer): void;
  /** The transfer is over: nothing of it stays. */
  end(id: string): void;
  /** Shows nothing any more. */
  close(): void;
}

/** The view for people: bars on a terminal, else a line now and then. */
export async function openTransferView(terminal: Terminal): Promise<TransferView> {
  if (!terminal.isTty.stderr) return new LineView(terminal);
  // The library takes 15 ms to load, which no other command need spend.
  const { BarView } = await import('./bar-view.ts');
  return new BarView(terminal);
}
