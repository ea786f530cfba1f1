import { z } from 'zod';
import { encodeJson, encodeNodeJson, parseJson, SMALL_JSON, TRUSTED_JSON } from '../bytes/json.ts';

/** Identity of a JSON-RPC request, given back as it came. */
export type RpcId = string | number | null;

/** A JSON-RPC request in the data of a 0x12. */
export interface RpcRequest {
  readonly id: RpcId;
  readonly method: string;
  /** Empty when the SDK sent none. */
  readonly params: readonly unknown[];
}

/** A JSON-RPC answer in the data of a 0x12. */
export type RpcResponse =
  | { readonly kind: 'result'; readonly id: RpcId; readonly result: unknown }
  | {
      readonly kind: 'error';
      readonly id: RpcId;
      readonly code: number;
      readonly message: string;
    };

const idSchema = z.union([z.string(), z.number(), z.null()]).catch(null);
const paramsSchema = z.custom<unknown[]>(Array.isArray).catch([]);
const requestSchema = z.object({ id: idSchema, method: z.string(), params: paramsSchema });
const responseSchema = z.object({
  id: idSchema,
  error: z
    .object({ code: z.number(), message: z.string().catch('') })
    .optional()
    .catch(undefined),
  result: z.unknown().optional(),
});

/**
 * The request in the data of a 0x12; undefined for what gets the error -32700 with `id` null: no
 * JSON, no data, `{}`, an array. Spec 2.5.
 *
 * Lenient where SDKs are: `params` may be missing, `jsonrpc` is not looked at. Spec 6.5.
 */
export function parseRpcRequest(data: Uint8Array): RpcRequest | undefined {
  return requestSchema.safeParse(parseJson(data, SMALL_JSON)).data;
}

/** The data of a 0x12 request, members in the order that the Java SDK sends. */
export function encodeRpcRequest(request: RpcRequest): Uint8Array {
  const { id, method, params } = request;
  return encodeJson({ jsonrpc: '2.0', method, params, id });
}

/**
 * The data of a 0x12 that answers with a result.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT` if `result` has no JSON form
 */
export function encodeRpcResult(id: RpcId, result: unknown): Uint8Array {
  return encodeNodeJson({ id, jsonrpc: '2.0', result: result ?? null });
}

/** The data of a 0x12 that answers with an error; codes in spec 19. */
export function encodeRpcError(id: RpcId, code: number, message: string): Uint8Array {
  return encodeNodeJson({ error: { code, message }, id, jsonrpc: '2.0' });
}

/** The answer in the data of a 0x12; undefined if it is none. */
export function parseRpcResponse(data: Uint8Array): RpcResponse | undefined {
  const parsed = responseSchema.safeParse(parseJson(data, TRUSTED_JSON)).data;
  if (parsed === undefined) return undefined;
  const { id, error, result } = parsed;
  if (error !== undefined) return { kind: 'error', id, ...error };
  return result === undefined ? undefined : { kind: 'result', id, result };
}
