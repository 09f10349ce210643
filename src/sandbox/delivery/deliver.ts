import { DEFAULT_DELIVERY } from '../checks/fault-injection.ts';
import type { SandboxEvent } from '../model/event-page.ts';
import type { ApiDestination, Delivery, EventBus, EventRule, EventTarget } from '../model/messaging/event-bus.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';
import { busOf, queueOf } from './addressees.ts';
import { type EventPattern, readEventPattern } from './event-pattern.ts';
import { payloadOf } from './payload.ts';
import { destinationOf, post } from './post.ts';
import { retryAfter, sendToDeadLetters } from './retry.ts';
import { type Refusal, sendToQueue } from './send-to-queue.ts';

const DEFAULT_BUS = 'default';
const PATTERNS = new WeakMap<EventRule, EventPattern>();

function patternOf(rule: EventRule): EventPattern {
  const known = PATTERNS.get(rule);
  if (known !== undefined) return known;
  const pattern = readEventPattern(rule.pattern);
  PATTERNS.set(rule, pattern);
  return pattern;
}

/** Whether any rule of the default bus waits for the events of AWS services. */
export function hasRules({ messaging }: World): boolean {
  for (const rule of messaging.buses.get(DEFAULT_BUS)?.rules.values() ?? []) if (isActive(rule)) return true;
  return false;
}

function isActive({ state, targets }: EventRule): boolean {
  return state === 'ENABLED' && targets.size > 0;
}

function activeRules(bus: EventBus | undefined): EventRule[] {
  return [...(bus?.rules.values() ?? [])].filter(isActive);
}

/** Sends an event to the targets of every rule of a bus that it matches. */
export function publish(world: World, event: SandboxEvent, bus = DEFAULT_BUS): void {
  // A pattern takes an undefined member for an absent one, as the text that travels has it.
  const rules = activeRules(world.messaging.buses.get(bus)).filter((rule) => patternOf(rule)(event));
  if (rules.length === 0) return;
  const text = JSON.stringify(event);
  for (const { arn, targets } of rules) for (const target of targets.values()) schedule(world, arn, target, text);
}

/** An event is on its way for a while. It may be lost, come twice, or be overtaken, if the sandbox was asked for that. */
function schedule(world: World, ruleArn: string, target: EventTarget, event: string): void {
  const { random } = world.messaging;
  const { delayMs, loss, duplicates, reordering, spreadMs } = { ...DEFAULT_DELIVERY, ...world.eventDelivery() };
  const happens = (rate: number): boolean => rate > 0 && random.next() < rate;
  const later = (): number => 1 + random.integer(Math.max(1, spreadMs));
  const send = (delay: number): void => {
    const delivery: Delivery = { ruleArn, target, event, firstAt: world.clock.now(), attempts: 0 };
    world.clock.after(delay, attempt, world, delivery);
  };
  if (happens(loss)) return;
  send(delayMs + (happens(reordering) ? later() : 0));
  if (happens(duplicates)) send(delayMs + later());
}

const attempt = dueAction('delivery.attempt', (world: World, delivery: Delivery) => {
  delivery.attempts += 1;
  const to = destinationOf(world, delivery.target.arn);
  if (to === undefined) settle(world, delivery, send(world, delivery));
  else pace(world, to.destination, delivery);
});

/** Sends an event to an API destination when the rate of the destination allows it. */
function pace(world: World, destination: ApiDestination, delivery: Delivery): void {
  const now = world.clock.now();
  const at = Math.max(now, destination.freeAt);
  destination.freeAt = at + 1000 / destination.perSecond;
  if (at > now) world.clock.at(at, start, world, delivery);
  else start(world, delivery);
}

const start = dueAction('delivery.start', (world: World, delivery: Delivery) => {
  const to = destinationOf(world, delivery.target.arn);
  if (to === undefined) settle(world, delivery, noResource(delivery));
  else post(world, to, delivery, (outcome) => settle(world, delivery, outcome));
});

/** Repeats the requests that were under way when the world was written to a file. */
export function resumePosting(world: World): void {
  for (const delivery of [...world.messaging.posting]) start(world, delivery);
}

function noResource({ target }: Delivery): Refusal {
  return { code: 'NO_RESOURCE', message: `There is no ${target.arn}.`, isFinal: true };
}

/** Sends an event to a queue or a bus. Undefined if it has arrived. */
function send(world: World, delivery: Delivery): Refusal | undefined {
  const { target, ruleArn } = delivery;
  const queue = queueOf(world, target.arn);
  if (queue !== undefined) return sendToQueue(queue, ruleArn, payloadOf(delivery));
  const bus = busOf(world, target.arn);
  if (bus === undefined) return noResource(delivery);
  const event = JSON.parse(delivery.event) as SandboxEvent;
  // AWS passes an event on to another bus once, or it might never come to rest.
  if (event.account === world.account && event.region === world.region) publish(bus.world, event, bus.name);
  return undefined;
}

/** After a failed attempt: another one later, or the queue for dead letters. */
function settle(world: World, delivery: Delivery, refusal: Refusal | undefined): void {
  if (refusal === undefined) return;
  const wait = retryAfter(world, delivery, refusal);
  if (typeof wait === 'number') world.clock.after(wait, attempt, world, delivery);
  else sendToDeadLetters(world, delivery, refusal, wait);
}
