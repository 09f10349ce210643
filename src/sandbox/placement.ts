import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { InstanceHeap, type Score } from './instance-heap.ts';
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

export const ZONE_ATTRIBUTE = 'attribute:ecs.availability-zone';
/** What a service does that names no strategy: spread over zones, then the instance with fewest of its tasks. */
export const DEFAULT_STRATEGY: readonly Wire<PlacementStrategy>[] = [
  { type: 'spread', field: ZONE_ATTRIBUTE },
  { type: 'spread', field: 'instanceId' },
];

type Test = (instance: InstanceRecord) => string | undefined;

/** Everything but room: state, agent, attributes, constraints. Each test gives the reason for which it refuses. */
function fixedTests(request: PlacementRequest): Test[] {
  const tests: Test[] = [
    (instance) => (instance.status === 'ACTIVE' ? undefined : 'INACTIVE'),
    (instance) => (instance.agentConnected ? undefined : 'AGENT'),
  ];
  const needed = (request.taskDefinition.definition.requiresAttributes ?? []).map((attribute) => attribute.name);
  const has = (instance: InstanceRecord, name: string | undefined): boolean =>
    instance.attributes.some((attribute) => attribute.name === name);
  if (needed.length > 0) {
    tests.push((instance) => (needed.every((name) => has(instance, name)) ? undefined : 'ATTRIBUTE'));
  }
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

/** Whether an instance is in a state to take tasks, and has what the task definition needs; room aside. */
export function isEligible(taskDefinition: TaskDefinitionRecord, instance: InstanceRecord): boolean {
  const { requiresAttributes = [] } = taskDefinition.definition;
  const has = (name: string | undefined): boolean => instance.attributes.some((attribute) => attribute.name === name);
  return instance.status === 'ACTIVE' && instance.agentConnected && requiresAttributes.every(({ name }) => has(name));
}

/** The instances that a task could ever go to, whatever room they have now. */
export function eligibleInstances(request: PlacementRequest): InstanceRecord[] {
  const tests = fixedTests(request);
  return [...request.cluster.instances.values()].filter((instance) => refusal(tests, instance) === undefined);
}

/** What a spread counts by: an instance's id, its zone, or another attribute. */
function groupOf(instance: InstanceRecord, field: string): string {
  if (field === ZONE_ATTRIBUTE) return instance.availabilityZone;
  const name = field.replace(/^attribute:/, '');
  return instance.attributes.find((attribute) => attribute.name === name)?.value ?? '';
}

function isByInstance({ type, field = 'instanceId' }: Wire<PlacementStrategy>): boolean {
  return type === 'spread' && (field === 'instanceId' || field === 'host');
}

/** Among instances that are equal so far, the remaining strategies decide: each gives a number, and less is better. */
function scoresFor(request: PlacementRequest, strategy: PlacementRequest['strategy'], counts: PeerCounts): Score[] {
  return strategy.map((item): Score => {
    if (item.type === 'random') return () => request.random();
    if (item.type === 'binpack') {
      return item.field?.toLowerCase() === 'cpu'
        ? (instance) => instance.registered.cpu - instance.usedCpu
        : (instance) => instance.registered.memory - instance.usedMemory;
    }
    // A spread over zones behind another strategy only breaks ties; an instance's own tasks stand for its zone there.
    return (instance) => counts.get(instance) ?? 0;
  });
}

type PeerCounts = Map<InstanceRecord, number>;

/** Leading spreads over zones or attributes are levels of a tree; at its leaves the best instance is on top of a heap. */
type Node = { readonly groups: { count: number; readonly node: Node }[] } | { readonly heap: InstanceHeap };

class Placer {
  readonly #request: PlacementRequest;
  readonly #unplaced: Unplaced[] = [];
  readonly #counts: PeerCounts = new Map();
  readonly #root: Node;
  readonly #isDistinct: boolean;
  #last: { readonly heap: InstanceHeap; readonly instance: InstanceRecord } | undefined;

  constructor(request: PlacementRequest) {
    this.#request = request;
    this.#isDistinct = request.constraints.some((constraint) => constraint.type === 'distinctInstance');
    for (const { instance } of request.peers) {
      if (instance !== undefined) this.#counts.set(instance, (this.#counts.get(instance) ?? 0) + 1);
    }
    this.#root = this.#build(this.#candidates(), request.strategy);
  }

  /** The best instance with room, or why there is none. The caller occupies it before it asks again. */
  next(): Placed {
    this.#putBack();
    const instance = this.#pick(this.#root);
    return instance === undefined ? { unplaced: this.#unplaced } : { instance };
  }

  #candidates(): InstanceRecord[] {
    const { cluster, capacityProviderName } = this.#request;
    const tests = fixedTests(this.#request);
    const candidates: InstanceRecord[] = [];
    for (const instance of cluster.instances.values()) {
      if (capacityProviderName !== undefined && instance.capacityProviderName !== capacityProviderName) continue;
      const reason = refusal(tests, instance);
      if (reason === undefined) candidates.push(instance);
      else if (reason !== 'INACTIVE') this.#unplaced.push({ instance, reason });
    }
    return candidates;
  }

  #build(instances: readonly InstanceRecord[], strategy: PlacementRequest['strategy']): Node {
    const [first, ...rest] = strategy;
    if (first?.type !== 'spread' || isByInstance(first)) {
      return { heap: new InstanceHeap(instances, scoresFor(this.#request, strategy, this.#counts)) };
    }
    const members = new Map<string, InstanceRecord[]>();
    for (const instance of instances) {
      const name = groupOf(instance, first.field ?? '');
      const group = members.get(name) ?? [];
      group.push(instance);
      members.set(name, group);
    }
    const groups = [...members.values()].map((group) => ({
      count: group.reduce((sum, instance) => sum + (this.#counts.get(instance) ?? 0), 0),
      node: this.#build(group, rest),
    }));
    return { groups };
  }

  /** Room only shrinks while one call places its tasks, so that an instance refused once is refused for good. */
  #pick(node: Node): InstanceRecord | undefined {
    if ('heap' in node) {
      for (let instance = node.heap.pop(); instance !== undefined; instance = node.heap.pop()) {
        const reason = this.#shortage(instance);
        if (reason === undefined) {
          this.#counts.set(instance, (this.#counts.get(instance) ?? 0) + 1);
          this.#last = { heap: node.heap, instance };
          return instance;
        }
        this.#unplaced.push({ instance, reason });
      }
      return undefined;
    }
    const { groups } = node;
    while (groups.length > 0) {
      const group = groups.reduce((best, candidate) => (candidate.count < best.count ? candidate : best));
      const instance = this.#pick(group.node);
      if (instance !== undefined) {
        group.count += 1;
        return instance;
      }
      groups.splice(groups.indexOf(group), 1);
    }
    return undefined;
  }

  #putBack(): void {
    this.#last?.heap.push(this.#last.instance);
    this.#last = undefined;
  }

  #shortage(instance: InstanceRecord): string | undefined {
    if (this.#isDistinct && (this.#counts.get(instance) ?? 0) > 0) {
      return 'DistinctInstance placement constraint unsatisfied.';
    }
    return shortage(instance, this.#request.demand);
  }
}

/** Places tasks one by one: filter by room and constraints, then the strategies in their order. */
export function createPlacer(request: PlacementRequest): { next(): Placed } {
  return new Placer(request);
}
