import { encodeHeartbeat, isHeartbeatRequest } from '@amop/codec';

/** The original's code for "group does not exist": this node has no ledger. */
const EVENT_FILTER_REFUSED = -41_002;

/** Reply to 0x13, in the form of the session's protocol; undefined: no reply (spec 5.2). */
export function answerHeartbeat(data: Uint8Array, protocol: number): Uint8Array | undefined {
  if (protocol === 1 && !isHeartbeatRequest(data)) return undefined;
  return encodeHeartbeat(protocol, 1);
}

/** Reply to 0x15 and 0x16: empty topic and a refusal that SDKs take without dropping the session (spec 3.2). */
export function refuseEventFilter(): Uint8Array {
  return new TextEncoder().encode(`\u0001{"result":${EVENT_FILTER_REFUSED}}\n`);
}
