import type { LiveEvent } from './topic-spec.ts';

/** Returns the event of a key, created on first use. */
export type ShareEvents<Body> = (key: string, make: () => LiveEvent<Body>) => LiveEvent<Body>;

/** Creates an event for several followers once: an identical object is executed and serialised once. */
export function shareEvents<Body>(): ShareEvents<Body> {
  const made = new Map<string, LiveEvent<Body>>();
  return (key, make) => {
    const event = made.get(key) ?? make();
    made.set(key, event);
    return event;
  };
}
