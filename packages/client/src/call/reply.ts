import { bodyText } from '../body.ts';

/** The answer to a request. */
export class Reply {
  /** What the subscriber sent; may be empty. Own memory: valid for ever, yours to change. */
  readonly body: Uint8Array;
  /** The 32 characters that name the request on its way: `amop trace` takes them. */
  readonly seq: string;
  /**
   * On a private topic, the key that the subscriber has proved and that sealed the answer: 128
   * lower-case hex digits. Undefined where nothing says who answered.
   */
  readonly sender: string | undefined;

  constructor(body: Uint8Array, seq: string, sender?: string) {
    this.body = body;
    this.seq = seq;
    this.sender = sender;
  }

  /** The body as UTF-8 text. */
  text(): string {
    return bodyText(this.body);
  }
}
