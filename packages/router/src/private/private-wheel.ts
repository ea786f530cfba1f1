import type { DeadlineWheel } from '@amop/ports';
import type { Grant } from './grant-book.ts';
import type { Lane, Verification } from './verification.ts';

/** Everything of private topics that waits for its time. */
export type PrivateWheel = DeadlineWheel<Grant | Verification | Lane>;
