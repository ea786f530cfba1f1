import { encodeFileMessage } from '@amop/codec';
import { MerkleTree, merkleLeafHash } from '@amop/crypto';
import { MAX_MESSAGE_BYTES } from '../../call/pending-call.ts';
import { ClientError } from '../../errors.ts';
import { hexOf } from '../../hex.ts';
import { badOption, refusedByAll } from '../file-error.ts';
import type { SentFile } from '../file-types.ts';
import { checkUnchanged, readChunk } from './hash-source.ts';
import type { SendSettings } from './send-options.ts';
import type { SendPlace } from './send-place.ts';
import type { Source } from './source.ts';

/** Kept free in a message for everything but the file: headers, topic, name, seal. */
const SPARE_BYTES = 8_192;
/** The Java demo counts characters where bytes are meant: other names arrive broken. */
const PORTABLE_NAME = /^[\x20-\x7e]{1,255}$/;

/**
 * Sends a file as the content of one message, as the Java demo does (docs/files.md, "One message").
 *
 * @throws ClientError `AMOP_CLIENT_TOO_LARGE`, `AMOP_CLIENT_OPTIONS`, `AMOP_CLIENT_FILE_SOURCE`,
 *   `AMOP_CLIENT_FILE_REFUSED`, and those of a request
 */
export async function sendSingle(
  place: SendPlace,
  source: Source,
  { joinMs, signal, to }: SendSettings,
): Promise<SentFile> {
  const { name, size } = source;
  const maxBytes = MAX_MESSAGE_BYTES - SPARE_BYTES;
  if (size > maxBytes) {
    throw new ClientError(
      'AMOP_CLIENT_TOO_LARGE',
      `${name} has ${size} bytes; one message takes ${maxBytes}: send it without 'single'`,
      { file: name, hop: 'client', reason: 'file-too-large' },
    );
  }
  if (!PORTABLE_NAME.test(name)) {
    throw badOption('name', 'must be 1..255 characters of ASCII for a single message');
  }
  const bytes = await readChunk(source, 0, new Uint8Array(size), size);
  await checkUnchanged(source);
  const hash = hexOf(new MerkleTree(size === 0 ? bytes : merkleLeafHash(bytes)).root);
  const content = encodeFileMessage({ name, bytes });
  if (to === 'all') {
    await place.publish(content, joinMs, signal);
    return { transfer: undefined, name, size, hash, receivers: [] };
  }
  try {
    const { sender, seq } = await place.request(content, joinMs, signal);
    const key = sender === undefined ? {} : { key: sender };
    const outcome = { receiver: seq, ...key, outcome: 'done', bytes: size } as const;
    return { transfer: undefined, name, size, hash, receivers: [outcome] };
  } catch (error) {
    const reason = error instanceof ClientError ? error.details.remoteMessage : undefined;
    if (reason === undefined) throw error;
    throw refusedByAll({ name, topic: place.topic, reason });
  }
}
