/** Topics that applications subscribe and leave, with handlers of all manners. */
export const TOPICS = ['t.0', 't.1', 't.2', 't.3', 't.4', 't.5'];

/** Every application subscribes it all the time and answers promptly. */
export const STEADY_TOPIC = 'steady';

/** Nobody subscribes it. */
export const EMPTY_TOPIC = 't.empty';

/** Every application subscribes it, and no node lets anybody send on it. */
export const VAULT_TOPIC = 'vault';
