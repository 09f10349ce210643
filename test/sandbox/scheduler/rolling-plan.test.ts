import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  healthyFloor,
  type LaunchPlan,
  launchCeiling,
  planLaunches,
  planStops,
  type ServiceView,
  type Side,
} from '../../../src/sandbox/scheduler/rolling-plan.ts';

const NONE: Side = { wanted: 0, good: 0, goodHealthy: 0, healthy: 0, unhealthy: 0, starting: 0, hold: undefined };
const sound = (count: number): Side => ({ ...NONE, wanted: count, good: count, goodHealthy: count, healthy: count });
const starting = (count: number): Side => ({ ...NONE, wanted: count, good: count, starting: count });

interface Situation {
  readonly desired?: number;
  readonly percents?: readonly [minimum: number, maximum: number];
  readonly primary?: Partial<ServiceView['primary']>;
  readonly serving?: Partial<Side> & { readonly desired?: number };
  readonly others?: Partial<ServiceView['others']>;
  readonly leaving?: number;
  readonly stopping?: number;
  readonly grown?: number;
}

function viewOf(situation: Situation): ServiceView {
  const { desired = 4, percents = [100, 200], serving, leaving = situation.stopping ?? 0, stopping = 0 } = situation;
  const primary = { ...NONE, isFailed: false, ...situation.primary };
  const others = { ...NONE, ...situation.others };
  return {
    desired,
    minimumHealthyPercent: percents[0],
    maximumPercent: percents[1],
    occupied: primary.wanted + (serving?.wanted ?? 0) + others.wanted + stopping,
    leaving,
    primary,
    serving: serving === undefined ? undefined : { ...NONE, desired, ...serving },
    others,
    grown: situation.grown ?? 0,
  };
}

const ALL = (launches: LaunchPlan) => ({
  serving: { count: launches.serving, lacksRoom: false },
  primary: { count: launches.primary, lacksRoom: false },
});

/** How many of each launch find no room. */
function planOf(situation: Situation, withoutRoom = 0) {
  const view = viewOf(situation);
  const launches = planLaunches(view);
  const placed = ALL(launches);
  const primary = { count: launches.primary - withoutRoom, lacksRoom: withoutRoom > 0 };
  const stops = planStops(view, launches, { ...placed, primary });
  return {
    launch: [launches.serving, launches.primary],
    target: launches.servingTarget,
    surplus: stops.surplus,
    replaced: stops.replaced,
    unhealthy: [stops.unhealthy.primary, stops.unhealthy.serving, stops.unhealthy.others],
    isStuck: stops.isStuck,
  };
}

const QUIET = { launch: [0, 0], target: 0, surplus: 0, replaced: 0, unhealthy: [0, 0, 0], isStuck: false };
const unhealthy = (count: number, more: Side = NONE): Side => ({
  ...more,
  wanted: more.wanted + count,
  unhealthy: count,
});

describe('the plan of a rolling deployment', () => {
  // Sources by rule: [P] update-service-parameters.md and DeploymentConfiguration (API); [A] AWS's announcement of 2025-11 and
  // deployment-type-ecs.md; [B] deployment-circuit-breaker.md; [U] ecs_services.md on unhealthy tasks; [D] container-instance-draining.md.
  it.each<[string, Situation, number, Partial<typeof QUIET>]>([
    ['[P] starts first, up to the maximum', { serving: sound(4) }, 0, { launch: [0, 4], target: 4 }],
    [
      '[P] the maximum is rounded down',
      { desired: 3, percents: [100, 150], serving: sound(3) },
      0,
      { launch: [0, 1], target: 3 },
    ],
    ['[P] STOPPING tasks take up the maximum', { percents: [0, 100], stopping: 4 }, 0, { launch: [0, 0] }],
    [
      '[P] old tasks go as healthy new ones stand in for them',
      { primary: sound(2), serving: sound(4) },
      0,
      { launch: [0, 2], target: 2, replaced: 2 },
    ],
    [
      '[P] stops first where the maximum allows no start, down to the minimum, which is rounded up',
      { desired: 3, percents: [50, 100], serving: sound(3) },
      0,
      { target: 3, replaced: 1 },
    ],
    [
      '[P] stops first where there is no room',
      { percents: [50, 200], serving: sound(4) },
      4,
      { launch: [0, 4], target: 4, replaced: 2 },
    ],
    [
      '[P] only as many as find no room',
      { percents: [0, 200], serving: sound(4) },
      1,
      { launch: [0, 4], target: 4, replaced: 1 },
    ],
    [
      '[P] not again while those that were stopped are on their way out',
      { percents: [0, 200], primary: { hold: 'room' }, serving: { ...sound(2), desired: 2 }, stopping: 2, desired: 2 },
      0,
      { target: 2 },
    ],
    [
      'gives up no old task for starts that a back-off holds',
      { percents: [0, 100], primary: { hold: 'other' }, serving: sound(4) },
      0,
      { target: 4 },
    ],
    [
      '[P] says that it is stuck where the percentages allow nothing',
      { percents: [100, 100], serving: sound(4) },
      0,
      { target: 4, isStuck: true },
    ],
    [
      '[A] replacements of sick tasks that are not healthy yet make no room for a new revision',
      {
        percents: [100, 150],
        serving: { wanted: 6, good: 4, goodHealthy: 2, healthy: 2, unhealthy: 2, starting: 2, hold: undefined },
      },
      0,
      { target: 4 },
    ],
    ['[P] scale-in', { desired: 2, primary: sound(5) }, 0, { surplus: 3 }],
    [
      '[B] FAILED starts nothing, and scales in',
      { desired: 1, primary: { isFailed: true }, serving: sound(4) },
      0,
      { target: 1, replaced: 3 },
    ],
    [
      '[B] FAILED: the revision before it carries the scale-out',
      { desired: 6, primary: { ...sound(1), isFailed: true }, serving: sound(3), grown: 2 },
      0,
      { launch: [2, 0], target: 5 },
    ],
    [
      '[A] a scale-out reaches both revisions',
      { desired: 6, primary: starting(4), serving: { ...sound(4), desired: 4 }, grown: 2 },
      0,
      { launch: [2, 2], target: 6 },
    ],
    [
      '[A] the old revision gets back what it lost, before the new one gets more',
      { percents: [100, 150], primary: { hold: 'other' }, serving: sound(2) },
      0,
      { launch: [2, 0], target: 4 },
    ],
    [
      '[A] but does not grow back when new tasks fall ill',
      { primary: unhealthy(2, sound(2)), serving: { ...NONE, desired: 0 } },
      0,
      { launch: [0, 2], target: 0 },
    ],
    ['[U] unhealthy tasks stay until they are replaced', { primary: unhealthy(2, sound(2)) }, 0, { launch: [0, 2] }],
    [
      '[U] and go when their replacements are healthy',
      { primary: unhealthy(2, sound(3)) },
      0,
      { launch: [0, 1], unhealthy: [1, 0, 0] },
    ],
    [
      '[U] one at a time where nothing can start first',
      { percents: [50, 100], primary: unhealthy(3, sound(1)) },
      0,
      { unhealthy: [1, 0, 0] },
    ],
    [
      '[U] the next not before the last one is replaced',
      { percents: [50, 100], primary: unhealthy(2, { ...sound(1), wanted: 2, good: 2, starting: 1 }) },
      0,
      {},
    ],
    [
      '[U] one at a time where there is no room, too',
      { primary: unhealthy(3, sound(1)) },
      3,
      { launch: [0, 3], unhealthy: [1, 0, 0] },
    ],
    [
      '[A] the old revision is not given up for unhealthy new tasks',
      { percents: [0, 200], primary: unhealthy(4), serving: sound(4) },
      0,
      { target: 4, unhealthy: [1, 0, 0] },
    ],
    [
      'unhealthy tasks of what was superseded go at once',
      { primary: starting(4), serving: sound(4), others: { wanted: 2, unhealthy: 2 } },
      0,
      { target: 4, unhealthy: [0, 0, 2] },
    ],
    [
      'waiting tasks of what was superseded go at once',
      { serving: sound(4), others: { wanted: 3 } },
      0,
      { launch: [0, 1], target: 4, replaced: 3 },
    ],
    [
      '[D] tasks on draining instances are replaced start-first',
      { primary: { ...sound(4), good: 2, goodHealthy: 2 } },
      0,
      { launch: [0, 2] },
    ],
    [
      '[D] or stopped down to the minimum where that is not possible',
      { percents: [50, 100], primary: { ...sound(4), good: 1, goodHealthy: 1 } },
      0,
      { replaced: 2 },
    ],
  ])('%s', (_rule, situation, withoutRoom, expected) => {
    expect(planOf(situation, withoutRoom)).toEqual({ ...QUIET, ...expected });
  });
});

/** A fleet that follows the plans, and whose tasks start, become unhealthy and stop at random. */
interface FleetTask {
  readonly revision: number;
  health: 'starting' | 'healthy' | 'unhealthy';
  stopping: boolean;
}

class Fleet {
  desired: number;
  readonly percents: readonly [number, number];
  /** How many tasks the instances hold, stopping ones too. */
  readonly capacity: number;
  readonly tasks: FleetTask[] = [];
  #servingDesired: number;
  #planned: number;

  constructor(desired: number, percents: readonly [number, number], capacity: number) {
    this.desired = desired;
    this.#planned = desired;
    this.#servingDesired = desired;
    this.percents = percents;
    this.capacity = capacity;
    for (let made = 0; made < desired; made += 1) this.tasks.push({ revision: 1, health: 'healthy', stopping: false });
  }

  get healthy(): number {
    return this.tasks.filter(({ health, stopping }) => health === 'healthy' && !stopping).length;
  }

  isDone(): boolean {
    return (
      this.tasks.length === this.desired &&
      this.tasks.every(({ revision, health, stopping }) => revision === 2 && health === 'healthy' && !stopping)
    );
  }

  #side(revision: number): Side {
    const own = this.tasks.filter((task) => task.revision === revision && !task.stopping);
    const count = (state: FleetTask['health']) => own.filter(({ health }) => health === state).length;
    const [healthy, unhealthy] = [count('healthy'), count('unhealthy')];
    const good = own.length - unhealthy;
    return {
      wanted: own.length,
      good,
      goodHealthy: healthy,
      healthy,
      unhealthy,
      starting: count('starting'),
      hold: undefined,
    };
  }

  #launch(revision: number, count: number) {
    const room = Math.max(0, this.capacity - this.tasks.length);
    const placed = Math.min(count, room);
    for (let made = 0; made < placed; made += 1) this.tasks.push({ revision, health: 'starting', stopping: false });
    return { count: placed, lacksRoom: placed < count };
  }

  #stop(count: number, isMeant: (task: FleetTask) => boolean, first: FleetTask['health'] = 'starting'): void {
    const own = this.tasks.filter((task) => !task.stopping && isMeant(task));
    own.sort((a, b) => Number(b.health === first) - Number(a.health === first));
    for (const task of own.slice(0, count)) task.stopping = true;
  }

  /** One look of the scheduler: it never breaks the percentages by choice. */
  look(): void {
    const live = this.tasks.filter(({ stopping }) => !stopping).length;
    const view: ServiceView = {
      desired: this.desired,
      minimumHealthyPercent: this.percents[0],
      maximumPercent: this.percents[1],
      occupied: this.tasks.length,
      leaving: this.tasks.length - live,
      primary: { ...this.#side(2), isFailed: false },
      serving: { ...this.#side(1), desired: this.#servingDesired },
      others: NONE,
      grown: Math.max(0, this.desired - this.#planned),
    };
    this.#planned = this.desired;
    const launches = planLaunches(view);
    const placed = { serving: this.#launch(1, launches.serving), primary: this.#launch(2, launches.primary) };
    if (launches.serving + launches.primary > 0) {
      expect(this.tasks.length).toBeLessThanOrEqual(launchCeiling(this.desired, this.percents[1]));
    }
    const before = this.healthy;
    const stops = planStops(view, launches, placed);
    this.#stop(stops.surplus, ({ revision, health }) => revision === 2 && health !== 'unhealthy');
    this.#stop(stops.unhealthy.primary, ({ revision, health }) => revision === 2 && health === 'unhealthy');
    this.#stop(stops.unhealthy.serving, ({ revision, health }) => revision === 1 && health === 'unhealthy');
    const goodBefore = this.#side(1).good;
    this.#stop(stops.replaced, ({ revision, health }) => revision === 1 && health !== 'unhealthy');
    const gone = goodBefore - this.#side(1).good;
    const missing = Math.max(0, launches.missing.serving - placed.serving.count);
    this.#servingDesired = Math.min(launches.servingTarget, goodBefore - gone + missing);
    if (this.healthy < before) {
      expect(this.healthy).toBeGreaterThanOrEqual(healthyFloor(this.desired, this.percents[0]));
    }
  }

  /** Some of the work in progress ends; all of it by default. */
  pass(isMeant: () => boolean = () => true): void {
    for (const task of [...this.tasks]) {
      if (!isMeant()) continue;
      if (task.stopping) this.tasks.splice(this.tasks.indexOf(task), 1);
      else if (task.health === 'starting') task.health = 'healthy';
    }
  }
}

describe('any fleet', () => {
  const percents = fc.constantFrom<[number, number]>(
    [100, 200],
    [50, 100],
    [0, 100],
    [100, 150],
    [50, 200],
    [75, 125],
    [0, 200],
  );
  const event = fc.oneof(
    fc.record({ kind: fc.constant('pass' as const), mask: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }) }),
    fc.record({ kind: fc.constant('ill' as const), at: fc.nat(30) }),
    fc.record({ kind: fc.constant('lost' as const), at: fc.nat(30) }),
    fc.record({ kind: fc.constant('scale' as const), to: fc.integer({ min: 1, max: 12 }) }),
  );

  it('keeps its percentages by choice, and finishes every deployment that can finish', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        percents,
        fc.nat(12),
        fc.array(event, { maxLength: 30 }),
        (desired, limits, spare, events) => {
          const fleet = new Fleet(desired, limits, desired + spare);
          for (const happening of events) {
            fleet.look();
            const task = 'at' in happening ? fleet.tasks[happening.at % Math.max(1, fleet.tasks.length)] : undefined;
            let turn = 0;
            if (happening.kind === 'pass') fleet.pass(() => happening.mask[turn++ % happening.mask.length] ?? true);
            else if (happening.kind === 'scale') fleet.desired = happening.to;
            else if (task !== undefined && happening.kind === 'ill') task.health = 'unhealthy';
            else if (task !== undefined) fleet.tasks.splice(fleet.tasks.indexOf(task), 1);
          }
          const [minimum, maximum] = limits;
          const canMove =
            launchCeiling(fleet.desired, maximum) > fleet.desired ||
            healthyFloor(fleet.desired, minimum) < fleet.desired;
          const hasRoom = fleet.capacity > fleet.desired || (fleet.capacity === fleet.desired && minimum < 100);
          if (!canMove || !hasRoom || healthyFloor(fleet.desired, minimum) >= fleet.capacity) return;
          for (let looks = 0; looks < 400 && !fleet.isDone(); looks += 1) {
            fleet.look();
            fleet.pass();
          }
          expect(fleet.isDone(), JSON.stringify({ tasks: fleet.tasks, desired: fleet.desired, limits })).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});
