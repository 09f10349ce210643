import type { LiveEvent } from './topic-spec.ts';

/** Gives the event of a key, made when it is first asked for. */
export type ShareEvents<Body> = (key: string, make: () => LiveEvent<Body>) => LiveEvent<Body>;

/** Makes what several followers are told at one moment once: what is the same object is executed and serialised once. */
export function shareEvents<Body>(): ShareEvents<Body> {
  const made = new Map<string, LiveEvent<Body>>();
  return (key, make) => {
    const event = made.get(key) ?? make();
    made.set(key, event);
    return event;
  };
}
