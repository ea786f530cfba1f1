import { EXTENSION_VERSION, type HandshakeRequest } from '@amop/codec';

/** Protocol versions that the node speaks on the channel (spec 5.1). */
const MIN_PROTOCOL = 1;
const MAX_PROTOCOL = 3;

/** Abilities of this node that a client may ask for in its handshake (extensions, section 1). */
const CHANNEL_ABILITIES = ['batch', 'deadline', 'ack', 'errors', 'grant'] as const;

/** One of {@link CHANNEL_ABILITIES}. */
type ChannelAbility = (typeof CHANNEL_ABILITIES)[number];

/** What a session speaks: set by its last handshake. */
export interface SessionProfile {
  /** 1..3; 1 before a handshake. */
  readonly protocol: number;
  /** Abilities agreed on; undefined when the client did not ask. */
  readonly abilities: readonly ChannelAbility[] | undefined;
}

/** The profile of a session that has not shaken hands. */
export const INITIAL_PROFILE: SessionProfile = {
  protocol: MIN_PROTOCOL,
  abilities: undefined,
};

/** The profile that follows from a handshake; undefined when the version ranges do not meet. */
export function negotiate(request: HandshakeRequest): SessionProfile | undefined {
  const { amop, maximumSupport, minimumSupport } = request;
  if (minimumSupport > MAX_PROTOCOL || maximumSupport < MIN_PROTOCOL) return undefined;
  const asked = amop?.v === EXTENSION_VERSION ? amop.want : undefined;
  return {
    protocol: Math.min(MAX_PROTOCOL, maximumSupport),
    abilities: asked && CHANNEL_ABILITIES.filter((ability) => asked.includes(ability)),
  };
}
