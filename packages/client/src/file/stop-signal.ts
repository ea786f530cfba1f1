import { setMaxListeners } from 'node:events';

/** A controller whose signal many calls may wait for at once: Node does not take them for a leak. */
export function manyWaiting(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** A signal that is there when one of these is, for as many calls. */
export function anyOf(...signals: readonly AbortSignal[]): AbortSignal {
  const any = AbortSignal.any([...signals]);
  setMaxListeners(0, any);
  return any;
}
