import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { evaluate } from './query/evaluate.ts';
import { parseQuery } from './query/parse.ts';
import { shortage } from './resources.ts';
import type { ClusterRecord, Demand, InstanceRecord, TaskDefinitionRecord, TaskRecord } from './state.ts';
import type { Wire } from './types.ts';

export interface PlacementRequest {
  readonly cluster: ClusterRecord;
  readonly taskDefinition: TaskDefinitionRecord;
  readonly demand: Demand;
  readonly constraints: readonly Wire<PlacementConstraint>[];
  readonly strategy: readonly Wire<PlacementStrategy>[];
  readonly capacityProviderName?: string | undefined;
  /** The tasks among which strategies spread and `distinctInstance` counts: the service's, or those of this call. */
  readonly peers: Iterable<TaskRecord>;
  readonly random: () => number;
}

export interface Unplaced {
  readonly instance: InstanceRecord | undefined;
  readonly reason: string;
}

export type Placed = { readonly instance: InstanceRecord } | { readonly unplaced: readonly Unplaced[] };

const ZONE = 'attribute:ecs.availability-zone';
/** What a service does that names no strategy: spread over zones, then the instance with fewest of its tasks. */
export const DEFAULT_STRATEGY: readonly Wire<PlacementStrategy>[] = [
  { type: 'spread', field: ZONE },
  { type: 'spread', field: 'instanceId' },
];

type Test = (instance: InstanceRecord) => string | undefined;

/** Everything but room: state, agent, attributes, constraints. Each test gives the reason for which it refuses. */
function fixedTests(request: PlacementRequest): Test[] {
  const tests: Test[] = [
    (instance) => (instance.status === 'ACTIVE' ? undefined : 'INACTIVE'),
    (instance) => (instance.agentConnected ? undefined : 'AGENT'),
  ];
  const needed = request.taskDefinition.definition.requiresAttributes ?? [];
  tests.push((instance) => {
    const names = new Set(instance.attributes.map((attribute) => attribute.name));
    return needed.every((attribute) => names.has(attribute.name)) ? undefined : 'ATTRIBUTE';
  });
  const constraints = [...request.constraints, ...(request.taskDefinition.definition.placementConstraints ?? [])];
  for (const { type, expression } of constraints) {
    if (type !== 'memberOf' || expression === undefined) continue;
    const parsed = parseQuery(expression);
    tests.push((instance) => (evaluate(parsed, instance) ? undefined : 'MemberOf placement constraint unsatisfied.'));
  }
  return tests;
}

function refusal(tests: readonly Test[], instance: InstanceRecord): string | undefined {
  for (const test of tests) {
    const reason = test(instance);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The instances that a task could ever go to, whatever room they have now. */
export function eligibleInstances(request: PlacementRequest): InstanceRecord[] {
  const tests = fixedTests(request);
  return [...request.cluster.instances.values()].filter((instance) => refusal(tests, instance) === undefined);
}

/** What a spread counts by: an instance's id, its zone, or another attribute. */
function groupOf(instance: InstanceRecord, field: string): string {
  if (field === 'instanceId' || field === 'host') return instance.id;
  if (field === ZONE) return instance.availabilityZone;
  const name = field.replace(/^attribute:/, '');
  return instance.attributes.find((attribute) => attribute.name === name)?.value ?? '';
}

/** Less is better, instance by instance; ties go to the next strategy, and in the end to the oldest instance. */
type Score = (instance: InstanceRecord) => number;

class Placer {
  readonly #request: PlacementRequest;
  readonly #candidates: InstanceRecord[];
  readonly #refused: Unplaced[] = [];
  readonly #spreads = new Map<string, Map<string, number>>();
  readonly #scores: readonly Score[];
  readonly #occupied = new Set<InstanceRecord>();
  readonly #isDistinct: boolean;

  constructor(request: PlacementRequest) {
    this.#request = request;
    this.#isDistinct = request.constraints.some((constraint) => constraint.type === 'distinctInstance');
    const tests = fixedTests(request);
    const { capacityProviderName } = request;
    this.#candidates = [];
    for (const instance of request.cluster.instances.values()) {
      if (capacityProviderName !== undefined && instance.capacityProviderName !== capacityProviderName) continue;
      const reason = refusal(tests, instance);
      if (reason === undefined) this.#candidates.push(instance);
      else if (reason !== 'INACTIVE') this.#refused.push({ instance, reason });
    }
    this.#scores = request.strategy.map((item) => this.#scoreOf(item));
    for (const peer of request.peers) if (peer.instance !== undefined) this.#count(peer.instance);
  }

  /** The best instance with room, or why there is none. The caller occupies it before it asks again. */
  next(): Placed {
    const unplaced: Unplaced[] = [];
    let best: InstanceRecord | undefined;
    for (const instance of this.#candidates) {
      const reason = this.#shortage(instance);
      if (reason !== undefined) unplaced.push({ instance, reason });
      else if (best === undefined || this.#isBetter(instance, best)) best = instance;
    }
    if (best === undefined) return { unplaced: [...unplaced, ...this.#refused] };
    this.#count(best);
    return { instance: best };
  }

  #shortage(instance: InstanceRecord): string | undefined {
    if (this.#isDistinct && this.#occupied.has(instance)) return 'DistinctInstance placement constraint unsatisfied.';
    return shortage(instance, this.#request.demand);
  }

  #isBetter(instance: InstanceRecord, best: InstanceRecord): boolean {
    for (const score of this.#scores) {
      const difference = score(instance) - score(best);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  #scoreOf({ type, field = 'instanceId' }: Wire<PlacementStrategy>): Score {
    if (type === 'binpack') {
      return field.toLowerCase() === 'cpu'
        ? (instance) => instance.registered.cpu - instance.usedCpu
        : (instance) => instance.registered.memory - instance.usedMemory;
    }
    if (type === 'random') {
      const drawn = new Map<InstanceRecord, number>();
      for (const instance of this.#candidates) drawn.set(instance, this.#request.random());
      return (instance) => drawn.get(instance) ?? 0;
    }
    const counts = new Map<string, number>();
    this.#spreads.set(field, counts);
    return (instance) => counts.get(groupOf(instance, field)) ?? 0;
  }

  #count(instance: InstanceRecord): void {
    this.#occupied.add(instance);
    for (const [field, counts] of this.#spreads) {
      const group = groupOf(instance, field);
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
  }
}

/** Places tasks one by one: filter by room and constraints, then the strategies in their order. */
export function createPlacer(request: PlacementRequest): { next(): Placed } {
  return new Placer(request);
}

/** Which of a service's tasks to give up: from the zone with most of them, there from the fullest instance, newest first. */
export function chooseToStop(tasks: readonly TaskRecord[], peers: Iterable<TaskRecord>, count: number): TaskRecord[] {
  const zones = new Map<string, number>();
  const instances = new Map<InstanceRecord | undefined, number>();
  for (const { availabilityZone, instance } of peers) {
    zones.set(availabilityZone, (zones.get(availabilityZone) ?? 0) + 1);
    instances.set(instance, (instances.get(instance) ?? 0) + 1);
  }
  const left = [...tasks];
  const chosen: TaskRecord[] = [];
  const weight = (task: TaskRecord): readonly number[] => [
    zones.get(task.availabilityZone) ?? 0,
    instances.get(task.instance) ?? 0,
    task.sequence,
  ];
  while (chosen.length < count && left.length > 0) {
    let at = 0;
    for (let other = 1; other < left.length; other += 1) {
      const [a, b] = [left[other], left[at]];
      if (a !== undefined && b !== undefined && isHeavier(weight(a), weight(b))) at = other;
    }
    const [task] = left.splice(at, 1);
    if (task === undefined) break;
    chosen.push(task);
    zones.set(task.availabilityZone, (zones.get(task.availabilityZone) ?? 1) - 1);
    instances.set(task.instance, (instances.get(task.instance) ?? 1) - 1);
  }
  return chosen;
}

function isHeavier(a: readonly number[], b: readonly number[]): boolean {
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
