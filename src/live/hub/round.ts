import type { Pollable } from '../topic/pollable.ts';

/**
 * Whether a poll of this topic polls its whole group: something is in progress that needs lists of the group. A change
 * that was announced concerns one topic.
 */
export function leads(topic: Pollable<never>): boolean {
  return topic.group !== undefined && topic.hasState && !topic.isMirror && !topic.isWoken && topic.pulse === 'active';
}

/** Topics that are polled together. */
export interface Round<Session> {
  readonly controller: AbortController;
  readonly topics: ReadonlySet<Pollable<Session>>;
  readonly done: Promise<void>;
}
