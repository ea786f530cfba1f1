import { z } from 'zod';
import { encodeJson, isStringArray, parseJson, SMALL_JSON } from '../bytes/json.ts';
import { EXTENSION_VERSION } from '../constants.ts';

/** Payload of `P2pPacket.hello` between nodes of ours, sent right after the first heartbeat. */
export interface PeerHello {
  /** Name of the implementation. */
  readonly software: string;
  /** Abilities, such as `counts`, `deadline`, `errors`. */
  readonly have: readonly string[];
}

const helloSchema = z.object({
  v: z.int().min(1),
  software: z.string(),
  have: z.custom<string[]>(isStringArray),
});

/** The hello in a p2p payload; undefined if it is none: to be ignored and counted. */
export function parsePeerHello(payload: Uint8Array): PeerHello | undefined {
  const parsed = helloSchema.safeParse(parseJson(payload, SMALL_JSON));
  return parsed.data && { software: parsed.data.software, have: parsed.data.have };
}

/** The payload of a hello. */
export function encodePeerHello(hello: PeerHello): Uint8Array {
  return encodeJson({ v: EXTENSION_VERSION, software: hello.software, have: hello.have });
}
