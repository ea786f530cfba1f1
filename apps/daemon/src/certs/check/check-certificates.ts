import { followChain } from './chain.ts';
import type { Finding } from './finding.ts';
import { checkGm } from './gm.ts';
import { checkKey } from './key.ts';
import type { AuthorityMaterial, LeafMaterial } from './material.ts';
import { checkPlace } from './place.ts';
import { checkValidity } from './validity.ts';

/**
 * Checks the certificate of a node or of applications as a TLS peer would, and what lies beside it. Pure.
 *
 * @param nowMs ms since 1970
 */
export function checkLeaf(material: LeafMaterial, nowMs: number): Finding[] {
  const gm = checkGm(material.path, material.chain);
  if (gm.length > 0) return gm;
  const place = checkPlace(material);
  if (place.some(({ code }) => code === 'authority-as-leaf')) return place;
  const { findings, steps } = followChain(material);
  return [
    ...findings,
    ...checkValidity(material.path, steps, nowMs),
    ...place,
    ...checkKey(material),
  ];
}

/** Checks an authority: its validity, and its key where that is beside it. Pure. */
export function checkAuthority(material: AuthorityMaterial, nowMs: number): Finding[] {
  const { chain, path } = material;
  const gm = checkGm(path, chain);
  if (gm.length > 0) return gm;
  return [...checkValidity(path, chain.slice(0, 1), nowMs), ...checkKey(material)];
}
