import { type Listener, Outbox } from '@amop/ports';
import { createTlsTransport, systemScheduler, type TlsCredentials } from '@amop/ports/system';

/** Opens a port and tells who said what. */
export function serve(
  credentials: TlsCredentials,
  onText: (from: string, text: string) => void,
): Promise<Listener> {
  return createTlsTransport(credentials).listen({
    host: '127.0.0.1',
    port: 0,
    onConnection: (connection) =>
      connection.attach({
        onData: (chunk) => onText(connection.identity.commonName, new TextDecoder().decode(chunk)),
        onDrain: () => {},
        onClose: () => {},
      }),
    onRefused: ({ code, remoteHost, reason }) => onText(remoteHost, `refused: ${code} ${reason}`),
  });
}

/** Connects, sends one text, and closes once it is flushed. */
export async function send(credentials: TlsCredentials, port: number, text: string): Promise<void> {
  const connection = await createTlsTransport(credentials).dial({ host: '127.0.0.1', port });
  const outbox = new Outbox({ mode: 'batch' }, { connection, scheduler: systemScheduler });
  connection.attach({ onData: () => {}, onDrain: () => outbox.handleDrain(), onClose: () => {} });
  const bytes = new TextEncoder().encode(text);
  const slot = outbox.open(bytes.length);
  slot.bytes.set(bytes, slot.offset);
  outbox.close();
}
