// TLS as original SDKs and nodes speak it, from Node's own modules alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';

/** The identity in an sdk folder. */
export function readSdk(folder) {
  return readIdentity(folder, 'sdk');
}

/** The identity in the conf folder of a node. */
export function readNode(folder) {
  return readIdentity(join(folder, 'conf'), 'node');
}

function readIdentity(folder, name) {
  const [ca, cert, key] = ['ca.crt', `${name}.crt`, `${name}.key`].map((file) =>
    readFileSync(join(folder, file), 'utf8'),
  );
  return { ca, cert, key };
}

/**
 * Opens a TLS 1.2 connection to a port of 127.0.0.1; host names are not checked.
 *
 * @returns {Promise<import('node:tls').TLSSocket>}
 */
export function dialTls(port, identity) {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...identity,
      host: '127.0.0.1',
      port,
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
      ecdhCurve: 'prime256v1:secp256k1',
      checkServerIdentity: () => undefined,
    });
    // Node 23.11 and later crash in the legacy form of a secp256k1 certificate.
    Object.defineProperty(socket, 'getPeerCertificate', { value: () => ({}) });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.off('error', reject);
      socket.on('error', () => {
        // 'close' follows.
      });
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

/** Writes bytes; resolves when more may be written, also when the connection is gone. */
export function write(socket, bytes) {
  if (socket.destroyed || socket.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const goOn = () => {
      socket.off('drain', goOn);
      socket.off('close', goOn);
      resolve();
    };
    socket.on('drain', goOn);
    socket.on('close', goOn);
  });
}
