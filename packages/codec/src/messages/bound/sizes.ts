/** Bytes of a public key on secp256k1: X then Y. */
export const KEY_BYTES = 64;

/** Bytes of a public X25519 key. */
export const EPHEMERAL_BYTES = 32;

/** Bytes of the random values that make each offer and each proof another one. */
export const NONCE_BYTES = 32;

/** Bytes of a signature: r | s | v. */
export const SIGNATURE_BYTES = 65;

/** Bytes of the HMAC-SHA256 at the end of a proof. */
export const MAC_BYTES = 32;

/** Bytes that name the keys a message is sealed with. */
export const KEY_ID_BYTES = 8;

/** Bytes of the tag at the end of a sealed text. */
export const TAG_BYTES = 16;

/** Bytes of the key of an epoch. */
export const EPOCH_KEY_BYTES = 32;
