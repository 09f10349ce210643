import type { Bucket, LaunchRates } from '../model/services/launch-rates.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';

/** AWS: Fargate launches this many tasks at once, and this many a second afterwards, separately On-Demand and Spot. */
const BURST = 100;
const PER_SECOND = 20;
/** How often waiting services are served, in ms. */
const TURN = 1000;
/** AWS: most new tasks of a service in a minute, on Fargate and on instances. */
const PER_MINUTE = 500;
const MINUTE = 60_000;

function fullBucket(): Bucket {
  return { tokens: Number.POSITIVE_INFINITY, at: 0, waiting: new Set(), turn: undefined };
}

export function createLaunchRates(): LaunchRates {
  return {
    enabled: true,
    scale: 1,
    onDemand: fullBucket(),
    spot: fullBucket(),
    served: undefined,
    minutes: new WeakMap(),
    reported: new WeakSet(),
  };
}

/** Sets new rates, with full buckets. Waiting services are served at their turn. */
export function setLaunchRates({ launchRates }: World, enabled: boolean, scale: number): void {
  launchRates.enabled = enabled;
  launchRates.scale = scale;
  for (const bucket of [launchRates.onDemand, launchRates.spot]) bucket.tokens = Number.POSITIVE_INFINITY;
}

function bucketOf({ launchRates }: World, provider: string | undefined): Bucket {
  return provider === 'FARGATE_SPOT' ? launchRates.spot : launchRates.onDemand;
}

function fill({ clock, launchRates }: World, bucket: Bucket): void {
  const now = clock.now();
  const more = ((now - bucket.at) / 1000) * PER_SECOND * launchRates.scale;
  bucket.tokens = launchRates.enabled
    ? Math.min(BURST * launchRates.scale, bucket.tokens + more)
    : Number.POSITIVE_INFINITY;
  bucket.at = now;
}

/** Whether a service waits for its turn: until then it launches nothing on Fargate. */
export function awaitsTurn({ launchRates }: World, service: ServiceRecord): boolean {
  const { onDemand, spot } = launchRates;
  return onDemand.waiting.has(service) || spot.waiting.has(service);
}

/**
 * Takes the tokens of one task of a service. False if the tokens are used up, or if others already wait: the service is then
 * woken at its turn.
 */
export function takeLaunch(world: World, service: ServiceRecord, provider: string | undefined): boolean {
  const { launchRates } = world;
  const bucket = bucketOf(world, provider);
  const { served } = launchRates;
  fill(world, bucket);
  const isFirst = bucket.waiting.size === 0 || (served?.service === service && served.left > 0);
  if (!isFirst || bucket.tokens < 1) {
    bucket.waiting.add(service);
    bucket.turn ??= world.clock.after(TURN, serve, world, bucket);
    return false;
  }
  bucket.tokens -= 1;
  if (served?.service === service) served.left -= 1;
  return true;
}

/**
 * Shares the tokens among all waiting services, at least one task each. A service that wants more waits again, behind
 * the others.
 */
const serve = dueAction('launchRates.serve', (world: World, bucket: Bucket) => {
  const { launchRates } = world;
  bucket.turn = undefined;
  fill(world, bucket);
  const share = Math.max(1, Math.floor(bucket.tokens / bucket.waiting.size));
  for (let round = bucket.waiting.size; round > 0 && bucket.tokens >= 1; round -= 1) {
    const [service] = bucket.waiting;
    if (service === undefined) break;
    bucket.waiting.delete(service);
    launchRates.served = { service, left: share };
    world.reconcile(service);
    launchRates.served = undefined;
  }
  if (bucket.waiting.size > 0) bucket.turn ??= world.clock.after(TURN, serve, world, bucket);
});

/** Takes the tokens of the tasks of one RunTask, by provider: of all or of none. */
export function takeForRunTask(world: World, providers: readonly (string | undefined)[]): boolean {
  const spot = providers.filter((provider) => provider === 'FARGATE_SPOT').length;
  const wanted = [
    [world.launchRates.spot, spot],
    [world.launchRates.onDemand, providers.length - spot],
  ] as const;
  for (const [bucket] of wanted) fill(world, bucket);
  if (wanted.some(([bucket, count]) => bucket.tokens < count)) return false;
  for (const [bucket, count] of wanted) bucket.tokens -= count;
  return true;
}

/** How many tasks a service may still launch in its current minute, and when the next one starts. */
export function leftOfMinute(
  { clock, launchRates }: World,
  service: ServiceRecord,
): { readonly tasks: number; readonly until: number } {
  const { since, launched } = launchRates.minutes.get(service) ?? { since: 0, launched: 0 };
  const until = since + MINUTE;
  if (!launchRates.enabled) return { tasks: Number.POSITIVE_INFINITY, until };
  if (clock.now() >= until) return { tasks: PER_MINUTE, until: clock.now() + MINUTE };
  return { tasks: PER_MINUTE - launched, until };
}

/** Counts launched tasks of a service towards its minute, which starts with the first of them. */
export function countLaunched({ clock, launchRates }: World, service: ServiceRecord, count: number): void {
  const now = clock.now();
  const minute = launchRates.minutes.get(service);
  if (minute === undefined || now >= minute.since + MINUTE)
    launchRates.minutes.set(service, { since: now, launched: count });
  else minute.launched += count;
}
