import { DAEMONS_STEPS } from './daemons.ts';
import { SERVICES_STEPS } from './services.ts';

/** One write of each kind, in an order in which each finds what it needs. */
export const WRITE_STEPS = [...SERVICES_STEPS, ...DAEMONS_STEPS];
