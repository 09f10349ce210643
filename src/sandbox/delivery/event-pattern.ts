import { EcsError } from '../checks/ecs-errors.ts';
import { type Matcher, readMatcher } from './pattern-matchers.ts';

/** Whether an event, or a part of it, matches. */
export type EventPattern = (value: unknown) => boolean;

/** Far more than any rule needs; AWS allows 4,096 bytes. */
const MOST_CHARACTERS = 4096;

export function invalidPattern(reason: string): EcsError {
  return new EcsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A list of matchers for a member: one of them must match the value, or one of the values of a list. */
function leaf(name: string, given: readonly unknown[]): EventPattern {
  if (given.length === 0) throw invalidPattern(`Empty arrays are not allowed at "${name}"`);
  const matchers: readonly Matcher[] = given.map((item) => readMatcher(item, invalidPattern));
  return (value) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return matchers.some(({ matches, ofAbsence = false }) =>
      ofAbsence ? matches(value) : values.some((item) => item !== undefined && matches(item)),
    );
  };
}

function readMember(name: string, given: unknown): EventPattern {
  if (Array.isArray(given)) return name === '$or' ? anyOf(given) : leaf(name, given);
  if (isObject(given)) return readObject(given);
  throw invalidPattern(`"${name}" must be an object or an array`);
}

function anyOf(given: readonly unknown[]): EventPattern {
  if (given.length < 2 || !given.every(isObject))
    throw invalidPattern('"$or" must be an array of at least two objects');
  const patterns = given.map(readObject);
  return (value) => patterns.some((matches) => matches(value));
}

function readObject(given: Readonly<Record<string, unknown>>): EventPattern {
  const members = Object.entries(given).map(([name, value]) => [name, readMember(name, value)] as const);
  if (members.length === 0) throw invalidPattern('Empty objects are not allowed');
  return (value) => {
    // A list of objects matches by any of them.
    const candidates: readonly unknown[] = Array.isArray(value) ? value : [value];
    return candidates.some((candidate) =>
      members.every(([name, matches]) => matches(name === '$or' ? candidate : memberOf(candidate, name))),
    );
  };
}

/** Reads the pattern of a rule. It can be matched against any number of events. */
export function readEventPattern(text: string): EventPattern {
  if (text.length > MOST_CHARACTERS) throw invalidPattern(`it has more than ${MOST_CHARACTERS} characters`);
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw invalidPattern('it is not JSON');
  }
  if (!isObject(given)) throw invalidPattern('Filter is not an object');
  return readObject(given);
}
