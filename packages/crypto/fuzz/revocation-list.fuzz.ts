import { Buffer } from 'node:buffer';
import { fuzz, onlyErrors } from '@amop/fuzz';
import {
  checkRevocationListIssuer,
  describeCertificate,
  isRevoked,
  parseRevocationLists,
} from '../src/index.ts';
import { CHAIN, CHAINS, DER_WORDS, derOf, listOf, pemOf } from './materials.ts';

const AUTHORITY = derOf(CHAIN.agency.certificatePem);
const CERTIFICATE = describeCertificate(derOf(CHAIN.node.certificatePem));
const SERIAL_NUMBER = /^-?([0-9A-F]{2})+$|^0$/;

fuzz({
  name: 'crypto/revocation-list',
  seeds: CHAINS.map(({ agency }) => {
    const base64 = listOf(agency).replace(/-----.*-----/g, '');
    return Uint8Array.from(Buffer.from(base64, 'base64'));
  }),
  words: DER_WORDS,
  isSecret: true,
  run: (der) => {
    const lists = onlyErrors('AMOP_CRYPTO_', () => parseRevocationLists(pemOf('X509 CRL', der)));
    for (const list of lists ?? []) {
      if (Number.isNaN(list.thisUpdateMs + list.nextUpdateMs)) throw new Error('no time');
      for (const serial of list.serialNumbers) {
        if (!SERIAL_NUMBER.test(serial)) throw new Error(`serial number ${serial}`);
      }
      onlyErrors('AMOP_CRYPTO_', () => checkRevocationListIssuer(list, AUTHORITY));
    }
    if (lists !== undefined) isRevoked(CERTIFICATE, lists);
  },
});
