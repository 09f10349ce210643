/** An event that EventBridge delivered, checked and cut to the members that the inventory reads. */
export interface EcsEvent {
  /** EventBridge's id of the event. A second delivery has the same one. */
  readonly id: string;
  /** `ECS Task State Change`, `ECS Service Action`, ...; `Scheduled Event` is a heartbeat. */
  readonly detailType: string;
  /** The twelve digits of the account that the event is about. */
  readonly account: string;
  readonly region: string;
  /** When the event happened by AWS's clock, in epoch milliseconds. EventBridge cuts it to the second. */
  readonly time: number;
  /** ARNs that the event names beside its detail, such as the service of a deployment. */
  readonly resources: readonly string[];
  /** The content as AWS sent it: times are ISO strings. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The `source` of ECS's own events, and of the heartbeats that a schedule sends. */
export const SOURCES: ReadonlySet<unknown> = new Set(['aws.ecs', 'aws.events', 'aws.scheduler']);

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2,3}(-[a-z]+)+-\d$/;

/** A delivery is not an event of ECS, or lacks what every event has. The message names the member. */
export class NotAnEventError extends Error {
  override readonly name = 'NotAnEventError';
}

/**
 * Reads an event from its parsed JSON.
 * @throws {NotAnEventError}
 */
export function toEcsEvent(body: unknown): EcsEvent {
  const event = recordIn(body, 'the event');
  const { id, account, region, time, resources, detail } = event;
  const detailType = event['detail-type'];
  if (!SOURCES.has(event.source)) throw new NotAnEventError('`source` is not aws.ecs');
  if (typeof id !== 'string' || id === '') throw new NotAnEventError('`id` is not a text');
  if (typeof detailType !== 'string') throw new NotAnEventError('`detail-type` is not a text');
  if (typeof account !== 'string' || !ACCOUNT.test(account))
    throw new NotAnEventError('`account` is not an account id');
  if (typeof region !== 'string' || !REGION.test(region)) throw new NotAnEventError('`region` is not a region');
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(at)) throw new NotAnEventError('`time` is not a time');
  return {
    id,
    detailType,
    account,
    region,
    time: at,
    resources: Array.isArray(resources) ? resources.filter((each) => typeof each === 'string') : [],
    detail: recordIn(detail ?? {}, '`detail`'),
  };
}

function recordIn(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NotAnEventError(`${name} is not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}
