import { z } from 'zod';
import { encodeJson, encodeNodeJson, isStringArray, parseJson, SMALL_JSON } from '../bytes/json.ts';

/** Extensions a client asks for in its 0x14. */
export interface WantedExtensions {
  /** Version of the extensions, `EXTENSION_VERSION`. */
  readonly v: number;
  readonly want: readonly string[];
}

/** Extensions a node grants in its answer. */
export interface GrantedExtensions {
  /** Version of the extensions, `EXTENSION_VERSION`. */
  readonly v: number;
  readonly have: readonly string[];
}

/** Payload of a 0x14 request. Spec 5.1. */
export interface HandshakeRequest {
  /** Lowest protocol of the SDK as u32; 1 when it said nothing. */
  readonly minimumSupport: number;
  /** Highest protocol of the SDK as u32; 1 when it said nothing. */
  readonly maximumSupport: number;
  /** Free text. */
  readonly clientType?: string;
  /** Only of our clients. */
  readonly amop?: WantedExtensions;
}

/** Payload of a 0x14 answer. Spec 5.1. */
export interface HandshakeResponse {
  /** Version of the node, such as `2.9.1`. */
  readonly nodeVersion: string;
  /** Protocol of the session from now on, 1 to 3. */
  readonly protocol: number;
  /** Only of our nodes, and only to who asked. */
  readonly amop?: GrantedExtensions;
}

// The original reads a signed number and compares it unsigned, fractions cut: -1 is out of range.
const versionNumber = z
  .number()
  .min(-0x8000_0000)
  .max(0xffff_ffff)
  .transform((value) => Math.trunc(value) >>> 0)
  .default(1);

const stringArray = z.custom<string[]>(isStringArray);

const requestSchema = z
  .object({
    minimumSupport: versionNumber,
    maximumSupport: versionNumber,
    clientType: z.string().optional().catch(undefined),
    amop: z.object({ v: z.int(), want: stringArray }).optional().catch(undefined),
  })
  .nullable();

const responseSchema = z.object({
  nodeVersion: z.string().default(''),
  protocol: z.int(),
  amop: z.object({ v: z.int(), have: stringArray }).optional().catch(undefined),
});

/**
 * The handshake in the data of a 0x14; undefined for what the original leaves unanswered: no JSON, a
 * root that is neither an object nor `null`, numbers given as text.
 *
 * Members of a wrong type that do not count (`clientType`, `amop`) are left out.
 */
export function parseHandshakeRequest(data: Uint8Array): HandshakeRequest | undefined {
  const parsed = requestSchema.safeParse(parseJson(data, SMALL_JSON));
  if (!parsed.success) return undefined;
  const { minimumSupport = 1, maximumSupport = 1, clientType, amop } = parsed.data ?? {};
  return {
    minimumSupport,
    maximumSupport,
    ...(clientType !== undefined && { clientType }),
    ...(amop !== undefined && { amop }),
  };
}

/** The data of a 0x14 request, members in the order of the interface. */
export function encodeHandshakeRequest(request: HandshakeRequest): Uint8Array {
  const { minimumSupport, maximumSupport, clientType, amop } = request;
  return encodeJson({ minimumSupport, maximumSupport, clientType, amop });
}

/** The answer in the data of a 0x14; undefined if it is none. */
export function parseHandshakeResponse(data: Uint8Array): HandshakeResponse | undefined {
  const parsed = responseSchema.safeParse(parseJson(data, SMALL_JSON));
  if (!parsed.success) return undefined;
  const { nodeVersion, protocol, amop } = parsed.data;
  return { nodeVersion, protocol, ...(amop !== undefined && { amop }) };
}

/** The data of a 0x14 answer, as the original writes it. */
export function encodeHandshakeResponse(response: HandshakeResponse): Uint8Array {
  const { nodeVersion, protocol, amop } = response;
  return encodeNodeJson({ nodeVersion, protocol, amop });
}
