import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { ecCoordinates } from '../../src/key/ec-coordinates.ts';

test.each([
  ['secp256k1', 'secp256k1', 32],
  ['P-256', 'prime256v1', 32],
  ['P-384', 'secp384r1', 48],
  ['P-521', 'secp521r1', 66],
])('%s: point and secret as long as the field', (curve, namedCurve, fieldBytes) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const coordinates = ecCoordinates(privateKey);
  expect(coordinates?.curve).toBe(curve);
  expect(coordinates?.point).toHaveLength(2 * fieldBytes);
  expect(coordinates?.secret).toHaveLength(fieldBytes);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  expect(coordinates?.point).toEqual(Uint8Array.from(spki.subarray(-2 * fieldBytes)));
  expect(ecCoordinates(publicKey)).toEqual({ ...coordinates, secret: undefined });
});

test('keys without a named curve have no coordinates', () => {
  const brainpool = generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' });
  expect(ecCoordinates(brainpool.publicKey)).toBeUndefined();
  expect(ecCoordinates(generateKeyPairSync('ed25519').publicKey)).toBeUndefined();
  expect(ecCoordinates(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)).toBe(
    undefined,
  );
});

test('a compressed point gives the same coordinates', () => {
  const { publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'secp256k1',
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  });
  const whole = ecCoordinates(createPublicKey({ key: publicKey, format: 'der', type: 'spki' }));
  const { x, y } = { x: publicKey.subarray(-64, -32), y: publicKey.subarray(-32) };
  const head = Buffer.from(publicKey.subarray(0, -65));
  // Outer sequence and bit string are 32 bytes shorter: 33 bytes of point instead of 65.
  head[1] = (head[1] ?? 0) - 32;
  head[head.length - 2] = (head[head.length - 2] ?? 0) - 32;
  const compressed = Buffer.concat([head, Buffer.of(2 + ((y[31] ?? 0) & 1)), x]);
  expect(ecCoordinates(createPublicKey({ key: compressed, format: 'der', type: 'spki' }))).toEqual(
    whole,
  );
});
