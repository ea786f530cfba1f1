import { CryptoError } from './errors.ts';

/** Digits of a node id in text form: 64 bytes, two digits each. */
export const NODE_ID_DIGITS = 128;

declare const nodeIdBrand: unique symbol;

/**
 * Identity of a node: its EC public point without the leading byte `04`, as text.
 *
 * Shape: X then Y, 32 bytes each, as 128 lower-case hex digits. Made by {@link parseNodeId} only.
 * Source: docs/protocol.md, "Node id" (spec 15.2).
 */
export type NodeId = string & { readonly [nodeIdBrand]: true };

const NODE_ID_PATTERN = /^(?:0[xX])?([0-9a-fA-F]{128})$/;

/**
 * Gives back the node id that a text stands for, in its one form.
 *
 * Upper case and a leading `0x` are accepted, as the original does; white space around it is not.
 * Whether the point lies on a curve is not checked: an id only names a node.
 *
 * @param text 128 hex digits, with or without `0x`
 * @returns 128 lower-case hex digits
 * @throws CryptoError `AMOP_CRYPTO_INVALID_NODE_ID`
 */
export function parseNodeId(text: string): NodeId {
  const digits = NODE_ID_PATTERN.exec(text)?.[1];
  if (digits === undefined) {
    throw new CryptoError(
      'AMOP_CRYPTO_INVALID_NODE_ID',
      `A node id is ${NODE_ID_DIGITS} hex digits, this text of ${text.length} characters is not.`,
      { length: text.length },
    );
  }
  // The pattern has just shown the shape that the brand stands for.
  return digits.toLowerCase() as NodeId;
}
