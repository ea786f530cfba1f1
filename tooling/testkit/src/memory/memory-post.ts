/** Calls back in some process of the network: at the end of its turn, `delayMs` from now at the earliest. */
export type MemoryPost = (callback: () => void, delayMs: number) => void;
