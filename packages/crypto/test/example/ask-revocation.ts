import {
  checkRevocationListIssuer,
  describeCertificate,
  isRevoked,
  parseRevocationLists,
  splitPemChain,
} from '@amop/crypto';

/** Whether a list of the authority, still current, takes a certificate of the chain back. */
export function isChainRevoked(chainPem: string, listPem: string, authorityPem: string): boolean {
  const lists = parseRevocationLists(listPem).filter(({ nextUpdateMs }) => {
    return nextUpdateMs > Date.now();
  });
  for (const list of lists) {
    for (const authority of splitPemChain(authorityPem)) checkRevocationListIssuer(list, authority);
  }
  return splitPemChain(chainPem).some((der) => isRevoked(describeCertificate(der), lists));
}
