import { bodyText } from '../body.ts';

/** The answer to a request. */
export class Reply {
  /** What the subscriber sent; may be empty. Own memory: valid for ever, yours to change. */
  readonly body: Uint8Array;
  /** The 32 characters that name the request on its way: `amop trace` takes them. */
  readonly seq: string;

  constructor(body: Uint8Array, seq: string) {
    this.body = body;
    this.seq = seq;
  }

  /** The body as UTF-8 text. */
  text(): string {
    return bodyText(this.body);
  }
}
