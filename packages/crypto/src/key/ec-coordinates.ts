import { Buffer } from 'node:buffer';
import type { JsonWebKey, KeyObject } from 'node:crypto';

/** Name of an EC curve as JSON Web Keys write it. */
export type JwkCurve = 'secp256k1' | 'P-256' | 'P-384' | 'P-521';

/** Coordinates of an EC key. */
export interface EcCoordinates {
  readonly curve: JwkCurve;
  /** X then Y, each as long as the curve's field; fresh bytes. */
  readonly point: Uint8Array;
  /** The secret number of a private key, as long as the group order; fresh bytes. */
  readonly secret: Uint8Array | undefined;
}

const CURVES: ReadonlySet<string> = new Set<JwkCurve>(['secp256k1', 'P-256', 'P-384', 'P-521']);

/**
 * Gives back the coordinates of an EC key, or `undefined` when it is another kind of key or lies on
 * a curve that JSON Web Keys have no name for (brainpool, SM2, explicit parameters).
 *
 * The JWK form always has both coordinates, also when the key was stored as a compressed point.
 */
export function ecCoordinates(key: KeyObject): EcCoordinates | undefined {
  if (key.asymmetricKeyType !== 'ec') return undefined;
  let jwk: JsonWebKey;
  try {
    jwk = key.export({ format: 'jwk' });
  } catch {
    // Node has no other way to ask whether a curve has a JWK name (ERR_CRYPTO_JWK_UNSUPPORTED_CURVE).
    return undefined;
  }
  const { crv, x, y, d } = jwk;
  if (!isJwkCurve(crv) || x === undefined || y === undefined) return undefined;
  return {
    curve: crv,
    point: Uint8Array.of(...Buffer.from(x, 'base64url'), ...Buffer.from(y, 'base64url')),
    secret: d === undefined ? undefined : Uint8Array.from(Buffer.from(d, 'base64url')),
  };
}

function isJwkCurve(name: string | undefined): name is JwkCurve {
  return name !== undefined && CURVES.has(name);
}
