// The topics that more than one process knows.

/** Answered with the body of the question, by the resident of a node. */
export const echoAt = (node) => `soak.echo.${node}`;
/** Answered when its sender has long given up. */
export const lateAt = (node) => `soak.late.${node}`;
/** Its handler throws. */
export const failingAt = (node) => `soak.failing.${node}`;
/** Its one subscriber takes requests and never answers. */
export const MUTE = 'soak.mute';
/** Multicasts for everybody. */
export const NEWS = 'soak.news';
/** Multicasts for the slow reader. */
export const FLOOD = 'soak.flood';

let fresh = 0;
/** A topic that nobody has named before. */
export const freshTopic = (what) => `soak.${what}.${process.pid}.${fresh++}`;
