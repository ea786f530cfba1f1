const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that the bytes are in UTF-8, or `undefined` when they are none. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    // Not an error: a body may be any bytes.
    return undefined;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** What changes the direction of a text or breaks its line, unseen. */
const UNSEEN = /[\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function hexOf(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** As JSON and JavaScript write it. */
function unicodeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** JSON text without characters that a terminal acts on: the same value, escaped. */
export function printableJson(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, unicodeOf).replace(UNSEEN, unicodeOf);
}

/**
 * Text that is safe to show on a terminal: control characters other than tab and newline become visible as `\xHH`,
 * those that turn or break a line unseen as `\uHHHH`, so that a message cannot move the cursor or change colours.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, hexOf).replace(UNSEEN, unicodeOf);
}

/** As `printable`, on one line: newlines and tabs become visible too. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** What a person sees of a body: its text, or a note about bytes that are no text. */
export function bodyForPeople(body: Uint8Array): string {
  const text = utf8Text(body);
  if (text !== undefined) return printable(text);
  return `(${formatBytes(body.byteLength)} that are not text; --json shows them in base64)`;
}

/** `1 byte`, `23 bytes`, `1,048,576 bytes`. */
export function formatBytes(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'byte' : 'bytes'}`;
}

/** Milliseconds with as many digits as matter: `0.84 ms`, `12.3 ms`, `1500 ms`. */
export function formatMs(milliseconds: number): string {
  const digits = milliseconds < 1 ? 2 : milliseconds < 100 ? 1 : 0;
  return `${milliseconds.toFixed(digits)} ms`;
}

/** Local time of day, `HH:MM:SS.mmm`. */
export function formatTime(date: Date): string {
  const part = (value: number, width = 2): string => String(value).padStart(width, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => part(value));
  return `${clock.join(':')}.${part(date.getMilliseconds(), 3)}`;
}
