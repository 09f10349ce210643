import { parseArn } from '../../ecs/core/arn.ts';
import { type EcsEvent, NotAnEventError, SOURCES, toEcsEvent } from '../core/ecs-event.ts';

/** Why a message or request holds no event for the inventory. The names are labels of a metric. */
export type Unused =
  /** Not an EventBridge event, or an event of ECS without what identifies its subject. */
  | 'invalid'
  /** An event of another service. */
  | 'other_source'
  /** A kind of event of ECS that the inventory has no use for. */
  | 'unknown_type';

export type Parsed = EcsEvent | Unused;

/**
 * Kinds of events, by `detail-type`: returns the ARN of the event's subject, or undefined if the event lacks a member that its kind
 * always has. Tasks and instances without a version cannot be merged.
 */
const KINDS: Readonly<Record<string, (event: EcsEvent) => string | undefined>> = {
  'ECS Task State Change': ({ detail }) =>
    hasState(detail.version, detail.lastStatus) ? arnOf('task', detail.taskArn) : undefined,
  'ECS Container Instance State Change': ({ detail }) =>
    hasState(detail.version, detail.status) ? arnOf('container-instance', detail.containerInstanceArn) : undefined,
  'ECS Service Action': ({ detail, resources }) =>
    isText(detail.eventName) ? arnOf('service', resources[0]) : undefined,
  'ECS Deployment State Change': ({ detail, resources }) =>
    isText(detail.eventName) ? arnOf('service', resources[0]) : undefined,
};

/** The kinds of events that the inventory uses, as a rule names them in `detail-type`. */
export const DETAIL_TYPES: readonly string[] = Object.keys(KINDS);

/** The heartbeat of a schedule has no subject. */
const HEARTBEAT = 'Scheduled Event';

/** Reads the body of a queue's message or of a request: one EventBridge event. */
export function parseEvent(body: string): Parsed {
  let event: EcsEvent;
  try {
    const value: unknown = JSON.parse(body);
    if (isOfAnotherSource(value)) return 'other_source';
    event = toEcsEvent(value);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof NotAnEventError) return 'invalid';
    throw error;
  }
  if (event.detailType === HEARTBEAT) return event;
  const subjectOf = Object.hasOwn(KINDS, event.detailType) ? KINDS[event.detailType] : undefined;
  if (subjectOf === undefined) return 'unknown_type';
  const subject = subjectOf(event);
  const place = subject === undefined ? undefined : parseArn(subject);
  // Trust in an account and Region must not reach the resources of another.
  return place?.account === event.account && place.region === event.region ? event : 'invalid';
}

function isOfAnotherSource(value: unknown): boolean {
  const { source } = (typeof value === 'object' && value !== null ? value : {}) as { readonly source?: unknown };
  return isText(source) && !SOURCES.has(source);
}

function hasState(version: unknown, status: unknown): boolean {
  return Number.isSafeInteger(version) && isText(status);
}

function arnOf(type: string, text: unknown): string | undefined {
  return isText(text) && parseArn(text)?.type === type ? text : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
