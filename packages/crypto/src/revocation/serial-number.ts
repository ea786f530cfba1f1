import { Buffer } from 'node:buffer';

/**
 * Gives back a serial number as Node.js prints that of a certificate (`X509Certificate.serialNumber`):
 * upper-case hex digits of its value, an even number of them, `-` before a negative one, `0` for zero.
 *
 * @param content bytes of the DER INTEGER: big-endian, two's complement
 */
export function formatSerialNumber(content: Uint8Array): string {
  const unsigned = BigInt(`0x${Buffer.from(content).toString('hex') || '0'}`);
  const value = BigInt.asIntN(8 * content.length, unsigned);
  if (value === 0n) return '0';
  const digits = (value < 0n ? -value : value).toString(16).toUpperCase();
  return `${value < 0n ? '-' : ''}${digits.length % 2 === 0 ? '' : '0'}${digits}`;
}
