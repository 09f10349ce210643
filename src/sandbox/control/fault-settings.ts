import { DEFAULT_DELIVERY, FAULT_KINDS } from '../checks/fault-injection.ts';
import type { FaultRule, FaultSettings } from '../checks/fault-settings.ts';

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class Problems extends Error {}

function number(source: Json, name: string, max = Number.POSITIVE_INFINITY): number | undefined {
  const given = source[name];
  if (given === undefined) return undefined;
  // A query string has only strings.
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof value !== 'number' || !(value >= 0 && value <= max)) {
    throw new Problems(`${name} must be a number from 0${max === Number.POSITIVE_INFINITY ? '' : ` to ${max}`}`);
  }
  return value;
}

function readRule(value: unknown, knows: (operation: string) => boolean): FaultRule {
  if (!isObject(value)) throw new Problems('each of rules must be an object');
  checkNames(value, RULE);
  const { operations, fault } = value;
  const isNames = Array.isArray(operations) && operations.every((item) => typeof item === 'string');
  if (operations !== undefined && !isNames) throw new Problems('operations must be a list of operation names');
  const unknown = isNames ? (operations as string[]).find((name) => !knows(name)) : undefined;
  if (unknown !== undefined) throw new Problems(`ECS has no operation ${unknown}`);
  const kind = FAULT_KINDS.find((candidate) => candidate === fault);
  if (fault !== undefined && kind === undefined) throw new Problems(`fault must be one of ${FAULT_KINDS.join(', ')}`);
  const { code, message } = value;
  if (code !== undefined && (typeof code !== 'string' || !/^\w+$/.test(code)))
    throw new Problems('code must be a name');
  if (message !== undefined && typeof message !== 'string') throw new Problems('message must be a text');
  if (kind !== 'error' && (code !== undefined || message !== undefined)) {
    throw new Problems('code and message are those of the fault error');
  }
  const rate = number(value, 'rate', 1);
  const times = number(value, 'times');
  const latencyMs = number(value, 'latencyMs');
  if (kind === undefined && latencyMs === undefined) throw new Problems('a rule needs a fault or latencyMs');
  return {
    ...(isNames ? { operations: operations as string[] } : {}),
    ...(kind === undefined ? {} : { fault: kind }),
    ...(rate === undefined ? {} : { rate }),
    ...(times === undefined ? {} : { times }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  };
}

/** Settings that can be switched on or off and scaled. */
function readRate(source: Json, name: 'throttling' | 'launchRates'): FaultSettings['throttling'] | undefined {
  const given = source[name];
  if (given === undefined) return undefined;
  if (!isObject(given)) throw new Problems(`${name} must be an object`);
  checkNames(given, RATE);
  const { enabled = true } = given;
  if (typeof enabled !== 'boolean') throw new Problems(`${name}.enabled must be true or false`);
  return { enabled, scale: number(given, 'scale') ?? 1 };
}

/** Absent members have their defaults. */
function readDelivery(source: Json): FaultSettings['eventDelivery'] | undefined {
  const given = source.eventDelivery;
  if (given === undefined) return undefined;
  if (!isObject(given)) throw new Problems('eventDelivery must be an object');
  checkNames(given, DELIVERY);
  const read = DELIVERY.map((name) => {
    const isTime = name === 'delayMs' || name === 'spreadMs';
    return [name, number(given, name, isTime ? MOST_DELIVERY_MS : 1) ?? DEFAULT_DELIVERY[name]] as const;
  });
  return Object.fromEntries(read);
}

const SETTINGS = [
  'rules',
  'throttling',
  'launchRates',
  'staleReadsMs',
  'duplicateEvents',
  'eventDelivery',
] as const satisfies readonly (keyof FaultSettings)[];
const RATE = ['enabled', 'scale'] as const satisfies readonly (keyof FaultSettings['throttling'])[];
const DELIVERY = Object.keys(DEFAULT_DELIVERY) as readonly (keyof typeof DEFAULT_DELIVERY)[];
/** A day: EventBridge gives up then. */
const MOST_DELIVERY_MS = 86_400_000;
const RULE = [
  'operations',
  'rate',
  'times',
  'latencyMs',
  'fault',
  'code',
  'message',
] as const satisfies readonly (keyof FaultRule)[];

/** A misspelled setting would silently have no effect. */
function checkNames(source: Json, known: readonly string[]): void {
  const unknownName = Object.keys(source).find((name) => !known.includes(name));
  if (unknownName !== undefined) throw new Problems(`${unknownName} is not a setting; there are ${known.join(', ')}`);
}

/** Reads fault settings from JSON, or returns what is wrong with them. */
export function readFaultSettings(
  source: Json,
  knows: (operation: string) => boolean = () => true,
): Partial<FaultSettings> | { readonly problem: string } {
  try {
    checkNames(source, SETTINGS);
    const { rules } = source;
    if (rules !== undefined && !Array.isArray(rules)) throw new Problems('rules must be a list');
    const throttling = readRate(source, 'throttling');
    const launchRates = readRate(source, 'launchRates');
    const staleReadsMs = number(source, 'staleReadsMs');
    const duplicateEvents = number(source, 'duplicateEvents', 1);
    const eventDelivery = readDelivery(source);
    return {
      ...(rules === undefined ? {} : { rules: rules.map((rule) => readRule(rule, knows)) }),
      ...(throttling === undefined ? {} : { throttling }),
      ...(launchRates === undefined ? {} : { launchRates }),
      ...(staleReadsMs === undefined ? {} : { staleReadsMs }),
      ...(duplicateEvents === undefined ? {} : { duplicateEvents }),
      ...(eventDelivery === undefined ? {} : { eventDelivery }),
    };
  } catch (error) {
    if (error instanceof Problems) return { problem: error.message };
    throw error;
  }
}
