import type { CallContext } from '../../../src/ecs/core/call-context.ts';
import { CallMeter } from '../../../src/ecs/core/call-cost.ts';
import { Activity } from '../../../src/ecs/core/pending-calls.ts';

/** The context of a call without an abort, by default. */
export function callContext(overrides: Partial<CallContext> = {}): CallContext {
  return {
    scope: { account: 'default', region: 'eu-west-1' },
    lane: 'query',
    signal: new AbortController().signal,
    meter: new CallMeter(),
    activity: new Activity(),
    ...overrides,
  };
}
