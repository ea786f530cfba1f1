import { bodyText } from '../body.ts';

/** The answer to a request. */
export class Reply {
  /** What the subscriber sent; may be empty. Own memory: valid for ever, yours to change. */
  readonly body: Uint8Array;

  constructor(body: Uint8Array) {
    this.body = body;
  }

  /** The body as UTF-8 text. */
  text(): string {
    return bodyText(this.body);
  }
}
