import { Buffer } from 'node:buffer';
import { type CertificateWithKey, splitPemChain } from '../src/index.ts';
import { buildTestChain, type TestChain } from '../test/chain-builder.ts';
import { extension, writeList } from '../test/revocation/list-writer.ts';

/** Chains of both curves, made for this run. */
export const CHAINS: readonly TestChain[] = [buildTestChain('p256'), buildTestChain('secp256k1')];

/** The first of them. */
export const [CHAIN = buildTestChain('p256')] = CHAINS;

/** DER of every certificate of the chains. */
export function certificates(): Uint8Array[] {
  return CHAINS.flatMap(({ agency, node, root, sdk }) =>
    [root, agency, node, sdk].map(({ certificatePem }) => derOf(certificatePem)),
  );
}

/** DER of the first certificate in a text. */
export function derOf(pem: string): Uint8Array {
  const [der = new Uint8Array()] = splitPemChain(pem);
  return der;
}

/** A revocation list of an authority with a bit of everything. */
export function listOf(issuer: CertificateWithKey): string {
  return writeList(issuer, {
    serials: [Uint8Array.of(1, 2, 3), Uint8Array.of(0, 0xff)],
    entryExtensions: [extension('2.5.29.21', false, Uint8Array.of(0x0a, 0x01, 0x01))],
    issuerKeyId: Uint8Array.of(1, 2, 3, 4),
  });
}

/** DER as one block of PEM. */
export function pemOf(label: string, der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;
}

/** Object identifiers and lengths as DER writes them: what mutations seldom hit by chance. */
export const DER_WORDS: readonly Uint8Array[] = [
  ...['0603550403', '060355040b', '0603551d0f', '0603551d13', '0603551d23', '0603551d1c'],
  ...['0101ff', '0101 00', '3000', '0500', '1700', '1800', '0400', '0300', '8000', '308200'],
  ...['170d3235303130313030303030305a', '180f32303235303130313030303030305a', '30820100', '0000'],
].map((hex) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
