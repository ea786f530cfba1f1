import { newSeq } from '../wire/channel-frame.ts';

const PAYLOAD = '#!$TopicNeedVerify_';
const ROUTE = '#!$VerifyChannel_';
const MARKER = '#!$PushChannel_';

/** The topic that messages of the private topic go to (spec 10.1). */
export function payloadOf(name: string): string {
  return PAYLOAD + name;
}

/** The topic that says: who subscribes it challenges the subscribers of the payload topic. */
export function markerOf(payload: string): string {
  return MARKER + payload;
}

/** A topic on which one subscriber of the payload topic is challenged. */
export function routeOf(payload: string, id: string = newRouteId()): string {
  return `${ROUTE}${payload}_${id}`;
}

/** 32 hex digits of a UUIDv4, as the Java SDK makes them at every subscribe call. */
export function newRouteId(): string {
  return newSeq();
}
