export {
  type AgencyCaOptions,
  type ChainCaOptions,
  createAgencyCa,
  createChainCa,
  createLeaf,
  type LeafCertificate,
  type LeafOptions,
} from './certificate/certificate-chain.ts';
export {
  type CertificateIdentity,
  describeCertificate,
  isIssuedBy,
} from './certificate/certificate-identity.ts';
export { DEFAULT_VALIDITY_DAYS } from './certificate/certificate-issuance.ts';
export type { CertificateWithKey } from './certificate/certificate-issuer.ts';
export type { CertificateProfile } from './certificate/certificate-key.ts';
export {
  type AuthorityRenewalOptions,
  type LeafRenewalOptions,
  type RenewedLeaf,
  renewAuthority,
  renewLeaf,
} from './certificate/certificate-renewal.ts';
export type { CertificateDependencies } from './certificate/certificate-writer.ts';
export {
  type ChannelCaOptions,
  type ChannelLeafCertificate,
  type ChannelLeafOptions,
  createChannelCa,
  createChannelLeaf,
} from './certificate/channel-chain.ts';
export { checkKeyMatchesCertificate } from './certificate/key-match.ts';
export { splitPemChain } from './certificate/pem.ts';
export { isChallenge } from './challenge.ts';
export { DIGEST_BYTES, keccak256 } from './digest.ts';
export {
  CRYPTO_ERROR_SUMMARIES,
  CryptoError,
  type CryptoErrorCode,
  type CryptoErrorDetails,
} from './errors.ts';
export type { JwkCurve } from './key/ec-coordinates.ts';
export {
  generateKeyPair,
  type KeyCurve,
  type KeyPair,
  PRIVATE_KEY_BYTES,
  PrivateKey,
  PUBLIC_POINT_BYTES,
  PublicKey,
} from './key/key.ts';
export {
  formatPrivateKeyPem,
  formatPublicKeyHex,
  formatPublicKeyPem,
  parsePrivateKey,
  parsePublicKey,
} from './key/key-text.ts';
export { encryptPrivateKeyPem, loadPrivateKeyPem } from './key/private-key-pem.ts';
export {
  emptyMerkleRoot,
  MERKLE_HASH_BYTES,
  merkleLeafHash,
  merkleNodeHash,
} from './merkle/merkle-hash.ts';
export { isInMerkleTree, type MerkleProof, MerkleTree } from './merkle/merkle-tree.ts';
export { NODE_ID_DIGITS, type NodeId, parseNodeId } from './node-id.ts';
export { releaseMemory } from './release-memory.ts';
export { isRevoked, type RevocationQuestion } from './revocation/is-revoked.ts';
export { checkRevocationListIssuer } from './revocation/list-issuer.ts';
export { parseRevocationLists, type RevocationList } from './revocation/revocation-list.ts';
export { AEAD_KEY_BYTES, AEAD_TAG_BYTES, AeadKey } from './seal/aead-key.ts';
export { EphemeralKey, X25519_BYTES } from './seal/ephemeral-key.ts';
export { hkdfSha256, hmacSha256, isSameMac } from './seal/key-derivation.ts';
export { type CounterVerdict, REPLAY_WINDOW, ReplayWindow } from './seal/replay-window.ts';
export { SHA256_BYTES, sha256, taggedDigest } from './seal/tagged-digest.ts';
export { verifyTagged } from './seal/tagged-signature.ts';
export {
  recover,
  SIGNATURE_BYTES,
  type SignatureRules,
  sign,
  signDigest,
  verify,
  verifyDigest,
} from './signature.ts';
