import type { HandlerRunner } from './handler-runner.ts';
import type { Message } from './message.ts';
import type { Subscriber } from './subscriber.ts';

/** Gives a message to one subscriber. */
export function handOver(receiver: Subscriber, message: Message, runner: HandlerRunner): void {
  if (receiver.kind === 'handler') runner.run(receiver.handler, message);
  else receiver.queue.push(message);
}
