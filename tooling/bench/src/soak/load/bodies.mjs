// Bodies of all sizes, and the check that one came back as it was.

const SMALLEST = 64;
const LARGEST = 65_536;
export const MIB = 1_048_576;

const filling = Buffer.alloc(MIB, 'amop');
let number = 0;

/** A body of so many bytes that no other one equals. */
export function bodyOf(bytes) {
  const body = Buffer.from(filling.subarray(0, bytes));
  body.writeUInt32BE(number, 0);
  body.writeUInt32BE(number++, bytes - 4);
  return body;
}

/** 64 B to 64 KiB; each doubling is as likely as the next. */
export function mixedBody() {
  return bodyOf(Math.floor(SMALLEST * (LARGEST / SMALLEST) ** Math.random()));
}

/** @throws Error `CHANGED` if the answer is not the body that was sent */
export function mustEqual(reply, body) {
  if (body.equals(reply)) return;
  const error = new Error(`${reply.length} bytes came back for ${body.length}`);
  throw Object.assign(error, { code: 'CHANGED' });
}
