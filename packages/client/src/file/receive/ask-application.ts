import type { Logger } from '@amop/ports';
import type { AcceptFile, FileOffer } from '../file-types.ts';
import { safeName } from './safe-name.ts';

/** The name under which the application takes a file; undefined when it does not, or fails to say. */
export async function askApplication(
  accept: AcceptFile,
  offer: FileOffer,
  logger: Logger,
): Promise<string | undefined> {
  try {
    const answer = await accept(offer);
    if (answer === true) return offer.name;
    return answer === false ? undefined : safeName(answer.name);
  } catch (error) {
    logger.error({ topic: offer.topic, error }, 'accept of a file threw');
    return undefined;
  }
}
