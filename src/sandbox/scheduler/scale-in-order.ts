import type { CapacityProviderStrategyItem, PlacementStrategy } from '@aws-sdk/client-ecs';
import { nextProvider } from '../instances/capacity-strategy.ts';
import { DEFAULT_STRATEGY, groupOf, isByInstance, ZONE_ATTRIBUTE } from '../instances/placement.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import type { World } from '../model/world.ts';
import type { Wire } from '../util/wire-types.ts';
import { chooseByZone } from './scale-in-by-zone.ts';

/** The rules that choose tasks to stop: the ones that chose their places. */
export interface StopRules {
  readonly strategy: readonly Wire<PlacementStrategy>[];
  /** The strategy of the scaled-in revision; empty without one. */
  readonly providers: readonly Wire<CapacityProviderStrategyItem>[];
  readonly random: () => number;
}

const BY_ZONE: StopRules['strategy'] = [{ type: 'spread', field: ZONE_ATTRIBUTE }];

interface Tally {
  count: number;
}

/** One step of a strategy for one task: the higher the number, the sooner it stops. */
interface Criterion {
  value(): number;
  /** The task was chosen. */
  leave(): void;
}

interface Candidate {
  readonly task: TaskRecord;
  readonly criteria: readonly Criterion[];
}

/** Creates the criteria of one step of a strategy over all counted tasks. */
type Step = (task: TaskRecord) => Criterion;

function spreadStep(field: string, isInstance: boolean, peers: Iterable<TaskRecord>): Step {
  const tallies = new Map<unknown, Tally>();
  const keyOf = (task: TaskRecord): unknown => {
    if (isInstance) return task.instance;
    if (field === ZONE_ATTRIBUTE || task.instance === undefined) return task.availabilityZone;
    return groupOf(task.instance, field);
  };
  const tallyOf = (task: TaskRecord): Tally => {
    const key = keyOf(task);
    const present = tallies.get(key) ?? { count: 0 };
    tallies.set(key, present);
    return present;
  };
  for (const peer of peers) tallyOf(peer).count += 1;
  return (task) => {
    const tally = tallyOf(task);
    return {
      value: () => tally.count,
      leave: () => {
        tally.count -= 1;
      },
    };
  };
}

/** AWS: the task whose instance has most left afterwards. */
function binpackStep(field: string | undefined): Step {
  const freed = new Map<InstanceRecord | undefined, Tally>();
  const isCpu = field?.toLowerCase() === 'cpu';
  return (task) => {
    const { instance, demand } = task;
    const own = isCpu ? demand.cpu : demand.memory;
    const left = (isCpu ? instance?.remainingCpu : instance?.remainingMemory) ?? 0;
    const tally = freed.get(instance) ?? { count: 0 };
    freed.set(instance, tally);
    return {
      value: () => left + tally.count + own,
      leave: () => {
        tally.count += own;
      },
    };
  };
}

function randomStep(random: () => number): Step {
  return () => {
    const value = random();
    return { value: () => value, leave() {} };
  };
}

function stepsOf({ strategy, random }: StopRules, peers: readonly TaskRecord[]): Step[] {
  return strategy.map((item) => {
    if (item.type === 'random') return randomStep(random);
    if (item.type === 'binpack') return binpackStep(item.field);
    return spreadStep(item.field ?? '', isByInstance(item), peers);
  });
}

/** The newest among otherwise equal tasks (AWS: at random within a zone). */
function goesBefore(a: Candidate, b: Candidate): boolean {
  for (const [at, criterion] of a.criteria.entries()) {
    const difference = criterion.value() - (b.criteria[at]?.value() ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return a.task.sequence > b.task.sequence;
}

/** By how many tasks each provider exceeds its share when this many have stopped. */
function excessByProvider(
  { providers }: StopRules,
  peers: readonly TaskRecord[],
  count: number,
): Map<string, number> | undefined {
  if (providers.length < 2) return undefined;
  const ideal = new Map<string, number>();
  for (let left = peers.length - count; left > 0; left -= 1) {
    const name = nextProvider(providers, ideal) ?? '';
    ideal.set(name, (ideal.get(name) ?? 0) + 1);
  }
  const excess = new Map<string, number>();
  for (const { capacityProviderName = '' } of peers) {
    excess.set(capacityProviderName, (excess.get(capacityProviderName) ?? -(ideal.get(capacityProviderName) ?? 0)) + 1);
  }
  return excess;
}

function takeFirst(left: Candidate[], excess: Map<string, number> | undefined): TaskRecord | undefined {
  const excessOf = ({ task }: Candidate): number => excess?.get(task.capacityProviderName ?? '') ?? 0;
  let [first] = left;
  if (first === undefined) return undefined;
  for (const other of left) {
    const byProvider = excessOf(other) - excessOf(first);
    if (byProvider > 0 || (byProvider === 0 && goesBefore(other, first))) first = other;
  }
  left.splice(left.indexOf(first), 1);
  for (const criterion of first.criteria) criterion.leave();
  const provider = first.task.capacityProviderName ?? '';
  excess?.set(provider, (excess.get(provider) ?? 0) - 1);
  return first.task;
}

/** Whether a strategy is the default: zones, then instances. */
function isByZone({ strategy, providers }: StopRules): boolean {
  return providers.length < 2 && (strategy === BY_ZONE || strategy === DEFAULT_STRATEGY);
}

/**
 * Chooses tasks to stop. The strategy considers all tasks of the service; the shares of capacity providers are counted
 * among the peers, which are the tasks of the scaled-in revision.
 */
export function chooseToStop(
  rules: StopRules,
  tasks: readonly TaskRecord[],
  peers: readonly TaskRecord[],
  count: number,
): TaskRecord[] {
  if (count <= 0 || tasks.length === 0) return [];
  if (count >= tasks.length) return [...tasks];
  if (isByZone(rules)) return chooseByZone(tasks, peers, count);
  const steps = stepsOf(rules, peers);
  const left = tasks.map((task) => ({ task, criteria: steps.map((step) => step(task)) }));
  const excess = excessByProvider(rules, peers, count);
  const chosen: TaskRecord[] = [];
  while (chosen.length < count) {
    const task = takeFirst(left, excess);
    if (task === undefined) break;
    chosen.push(task);
  }
  return chosen;
}

/** The rules of a service; its capacity providers count only if the tasks are all of one revision. */
export function stopRulesOf(
  world: World,
  { spec }: ServiceRecord,
  isFargate: boolean,
  providers: StopRules['providers'] = [],
): StopRules {
  const own = spec.placementStrategy.length > 0 ? spec.placementStrategy : DEFAULT_STRATEGY;
  return { strategy: isFargate ? BY_ZONE : own, providers, random: () => world.random.next() };
}
