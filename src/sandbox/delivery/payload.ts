import type { Delivery } from '../model/messaging/event-bus.ts';

/** A path to a member of an event, such as `$.detail.taskArn`. */
export const INPUT_PATH = /^\$(\.[\w-]+)*$/;

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** The text that a target receives: the event, a part of it, or the same text each time. */
export function payloadOf({ target: { input, inputPath = '$' }, event }: Delivery): string {
  if (input !== undefined) return input;
  if (inputPath === '$') return event;
  const [, ...names] = inputPath.split('.');
  let part: unknown = JSON.parse(event);
  for (const name of names) part = memberOf(part, name);
  return JSON.stringify(part ?? null);
}
