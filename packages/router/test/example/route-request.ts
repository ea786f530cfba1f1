import {
  type ChannelFrame,
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
  readAmopBody,
  readChannelFrame,
  seqFromKey,
} from '@amop/codec';
import { systemClock, systemRandom } from '@amop/ports/system';
import { OriginLoad, Router } from '@amop/router';

const router = new Router({ nodeId: 'ab'.repeat(64) }, { random: systemRandom });
export const heard: string[] = [];

// A receiver: whatever can be pushed to. This one answers at once, with the body it got.
const subscriber = router.addSession({
  pushRequest(frame) {
    const { data, seq } = frame;
    const answer = encodeChannelFrame({ type: ChannelType.response, seq, data });
    queueMicrotask(() =>
      router.answerFromSession(subscriber, readChannelFrame(answer), systemClock.nowMs()),
    );
    return true; // false: the session is gone, nothing was sent
  },
  pushMulticast: () => true,
  // It publishes on no private topic, so it is never asked about their subscribers.
  namesRoutes: false,
  askVerification: () => false,
  routeGone: () => undefined,
});
router.updateSession(subscriber, ['orders'], [], systemClock.nowMs());

// A sender: hears exactly one of the two.
const sender = {
  id: 7,
  applicationMark: 0,
  load: new OriginLoad(),
  respond(_request: ChannelFrame, _token: number, answer: ChannelFrame): void {
    heard.push(new TextDecoder().decode(readAmopBody(answer.data).content));
  },
  fail(_request: ChannelFrame, _token: number, failure: { readonly code: number }): void {
    heard.push(`failed with ${failure.code}`);
  },
};

const seq = seqFromKey('1'.repeat(32));
const data = encodeAmopBody('orders', new TextEncoder().encode('buy 10'));
const frame = readChannelFrame(encodeChannelFrame({ type: ChannelType.request, seq, data }));
router.requestFromSession(sender, frame, 'orders', 2_000, systemClock.nowMs());

// While router.pending > 0, every 20 ms or so: ends what is out of time.
router.sweep(systemClock.nowMs());
