import type { Delivery } from '../model/messaging/event-bus.ts';
import type { MessageAttribute } from '../model/messaging/queue-record.ts';
import type { World } from '../model/world.ts';
import { queueOf } from './addressees.ts';
import { type Refusal, sendToQueue } from './send-to-queue.ts';

/** EventBridge tries for a day, 185 times at most; a target may set less. */
const MOST_ATTEMPTS = 185;
const MOST_SECONDS = 86_400;
/** From one second on, each wait is twice the last one. 185 waits up to this one fill a day. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 480_000;

type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

function settingOf(delivery: Delivery, name: string, member: string): unknown {
  const setting = delivery.target.settings[name];
  return typeof setting === 'object' && setting !== null
    ? (setting as Readonly<Record<string, unknown>>)[member]
    : undefined;
}

function limitOf(delivery: Delivery, name: Exhausted, most: number): number {
  const given = settingOf(delivery, 'RetryPolicy', name);
  return typeof given === 'number' ? given : most;
}

/**
 * Virtual milliseconds until the next attempt. Otherwise what is exhausted; undefined if no further attempt can
 * succeed.
 */
export function retryAfter(
  world: World,
  delivery: Delivery,
  { isFinal, afterMs = 0 }: Refusal,
): number | Exhausted | undefined {
  if (isFinal) return undefined;
  if (delivery.attempts > limitOf(delivery, 'MaximumRetryAttempts', MOST_ATTEMPTS)) return 'MaximumRetryAttempts';
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (delivery.attempts - 1), LONGEST_WAIT_MS);
  const delay = Math.max(afterMs, world.messaging.random.around(wait));
  const age = world.clock.now() + delay - delivery.firstAt;
  const isTooOld = age > limitOf(delivery, 'MaximumEventAgeInSeconds', MOST_SECONDS) * 1000;
  return isTooOld ? 'MaximumEventAgeInSeconds' : delay;
}

function text(value: string): MessageAttribute {
  return { DataType: 'String', StringValue: value };
}

/** Sends an event that did not arrive to the target's queue for dead letters, if it has one. */
export function sendToDeadLetters(
  world: World,
  delivery: Delivery,
  { code, message }: Refusal,
  exhausted: Exhausted | undefined,
): void {
  const place = queueOf(world, String(settingOf(delivery, 'DeadLetterConfig', 'Arn')));
  if (place === undefined) return;
  sendToQueue(place, delivery.ruleArn, delivery.event, {
    RULE_ARN: text(delivery.ruleArn),
    TARGET_ARN: text(delivery.target.arn),
    ERROR_CODE: text(code),
    ERROR_MESSAGE: text(message),
    RETRY_ATTEMPTS: text(String(delivery.attempts - 1)),
    ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: text(exhausted) }),
  });
}
