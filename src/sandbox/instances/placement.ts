import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { Demand } from '../model/instances/instance-capacity.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { TaskRecord } from '../model/tasks/task-record.ts';
import { attributeOf } from '../store/instance-attributes.ts';
import { shortage } from '../store/instance-resources.ts';
import type { Wire } from '../util/wire-types.ts';
import { DaemonReservations } from './daemon-reservations.ts';
import { fixedTests, queries, refusal, type Test } from './instance-requirements.ts';
import {
  type Candidates,
  type Judge,
  Line,
  Lottery,
  Ranking,
  type Score,
  type Unplaced,
} from './placement-candidates.ts';

export interface PlacementRequest {
  readonly cluster: ClusterRecord;
  readonly taskDefinition: TaskDefinitionRecord;
  readonly demand: Demand;
  readonly constraints: readonly Wire<PlacementConstraint>[];
  readonly strategy: readonly Wire<PlacementStrategy>[];
  readonly capacityProviderName?: string | undefined;
  /** The tasks that strategies spread and `distinctInstance` counts: the service's, or those of the same group. */
  readonly peers: Iterable<TaskRecord>;
  readonly random: () => number;
  /** Whether room is kept for missing daemons; true by default. */
  readonly leavesRoomForDaemons?: boolean;
}

export type Placed = { readonly instance: InstanceRecord } | { readonly unplaced: readonly Unplaced[] };

export const ZONE_ATTRIBUTE = 'attribute:ecs.availability-zone';
/** RunTask's default. AWS: at random, so that no instance is likely to get too many tasks. */
export const RANDOM_STRATEGY: readonly Wire<PlacementStrategy>[] = [{ type: 'random' }];
/** A service's default: spread over zones, then the instance with the fewest of its tasks. */
export const DEFAULT_STRATEGY: readonly Wire<PlacementStrategy>[] = [
  { type: 'spread', field: ZONE_ATTRIBUTE },
  { type: 'spread', field: 'instanceId' },
];

/** The instances that a task could ever run on, whatever room they have now. */
export function eligibleInstances(request: PlacementRequest): InstanceRecord[] {
  const tests = fixedTests(request);
  return [...request.cluster.instances.values()].filter((instance) => refusal(tests, instance) === undefined);
}

/** The group of a spread: an instance's id, its zone, or another attribute. */
export function groupOf(instance: InstanceRecord, field: string): string {
  if (field === ZONE_ATTRIBUTE) return instance.availabilityZone;
  const name = field.replace(/^attribute:/, '');
  return attributeOf(instance, name) ?? '';
}

export function isByInstance({ type, field = 'instanceId' }: Wire<PlacementStrategy>): boolean {
  return type === 'spread' && (field === 'instanceId' || field === 'host');
}

/** The remaining strategies decide among equal instances: each returns a number, and lower is better. */
function scoresFor(request: PlacementRequest, strategy: Strategy, counts: PeerCounts): Score[] {
  return strategy.map((item): Score => {
    if (item.type === 'random') return () => request.random();
    if (item.type === 'binpack') {
      return item.field?.toLowerCase() === 'cpu'
        ? (instance) => instance.remainingCpu
        : (instance) => instance.remainingMemory;
    }
    // A spread over zones after another strategy only breaks ties by the instance's own tasks.
    return (instance) => counts.get(instance) ?? 0;
  });
}

type PeerCounts = Map<InstanceRecord, number>;
type Strategy = PlacementRequest['strategy'];

/** Leading spreads over zones or attributes are levels of a tree whose leaves are the instances. */
type Node = { readonly groups: Group[] } | { readonly leaf: Candidates };

interface Group {
  count: number;
  readonly node: Node;
}

/** Whether the order of registration decides, after the number of own tasks if anything precedes it. */
function isLine(strategy: Strategy): boolean {
  const [first, ...others] = strategy;
  return first === undefined || (isByInstance(first) && others.length === 0);
}

class Placer implements Judge {
  readonly #request: PlacementRequest;
  readonly #tests: readonly Test[];
  readonly #counts: PeerCounts = new Map();
  readonly #isDistinct: boolean;
  readonly #reservations: DaemonReservations | undefined;
  /** Only candidates are examined: the others were filtered before. */
  #isSorted = false;
  #unfit: Unplaced[] | undefined;
  readonly #refused: (() => Unplaced[])[] = [];
  readonly #root: Node;
  #last: { readonly leaf: Candidates; readonly instance: InstanceRecord } | undefined;

  constructor(request: PlacementRequest) {
    this.#request = request;
    this.#tests = fixedTests(request);
    this.#isDistinct = request.constraints.some((constraint) => constraint.type === 'distinctInstance');
    const { cluster, leavesRoomForDaemons = true } = request;
    if (leavesRoomForDaemons && cluster.daemonServices.size > 0) this.#reservations = new DaemonReservations(cluster);
    for (const { instance } of request.peers) {
      if (instance !== undefined) this.#counts.set(instance, (this.#counts.get(instance) ?? 0) + 1);
    }
    this.#root = this.#lineUp() ?? this.#build(this.#candidates(), request.strategy);
  }

  /** The best instance with room, or the reason why no instance has room. The caller occupies it before it asks again. */
  next(): Placed {
    this.#last?.leaf.putBack(this.#last.instance);
    this.#last = undefined;
    const instance = this.#pick(this.#root);
    if (instance !== undefined) return { instance };
    this.#unfit ??= this.#sortOut().unfit;
    return { unplaced: [...this.#unfit, ...this.#refused.flatMap((who) => who())] };
  }

  count(instance: InstanceRecord): number {
    return this.#counts.get(instance) ?? 0;
  }

  isCandidate(instance: InstanceRecord): boolean {
    return this.#isSorted || (this.#isMeant(instance) && refusal(this.#tests, instance) === undefined);
  }

  shortage(instance: InstanceRecord): string | undefined {
    if (this.#isDistinct && this.count(instance) > 0) return 'DistinctInstance placement constraint unsatisfied.';
    return shortage(instance, this.#reservations?.beside(instance, this.#request.demand) ?? this.#request.demand);
  }

  refuse(who: () => Unplaced[]): void {
    this.#refused.push(who);
  }

  #isMeant(instance: InstanceRecord): boolean {
    const { capacityProviderName } = this.#request;
    return capacityProviderName === undefined || instance.capacityProviderName === capacityProviderName;
  }

  #sortOut(): { fit: InstanceRecord[]; unfit: Unplaced[] } {
    const fit: InstanceRecord[] = [];
    const unfit: Unplaced[] = [];
    for (const instance of this.#request.cluster.instances.values()) {
      if (!this.#isMeant(instance)) continue;
      const reason = refusal(this.#tests, instance);
      if (reason === undefined) fit.push(instance);
      else if (reason !== 'INACTIVE') unfit.push({ instance, reason });
    }
    return { fit, unfit };
  }

  #candidates(): InstanceRecord[] {
    const { fit, unfit } = this.#sortOut();
    this.#unfit = unfit;
    this.#isSorted = true;
    return fit;
  }

  /**
   * Fast path for most services (spread over zones, then instances) and for RunTask without a strategy (random),
   * without examining every instance. If a query depends on what this placement changes, it is evaluated beforehand.
   */
  #lineUp(): Node | undefined {
    const { cluster, strategy } = this.#request;
    if (queries(this.#request).length > 0) return undefined;
    const [first, ...rest] = strategy;
    if (isLine(strategy)) return { leaf: new Line(this, [...cluster.instances.values()], strategy.length > 0) };
    if (first?.type === 'random' && rest.length === 0) {
      return { leaf: new Lottery(this, [...cluster.instances.values()], this.#request.random) };
    }
    if (first?.type !== 'spread' || first.field !== ZONE_ATTRIBUTE || !isLine(rest)) return undefined;
    const lines = [...cluster.zones].map(([zone, instances]) => ({
      zone,
      line: new Line(this, instances, rest.length > 0),
    }));
    const heads = lines.flatMap(({ zone, line }) => {
      const { head } = line;
      return head === undefined ? [] : [{ zone, line, head }];
    });
    heads.sort((a, b) => a.head.sequence - b.head.sequence);
    return { groups: heads.map(({ zone, line }) => ({ count: this.#countIn(zone), node: { leaf: line } })) };
  }

  #countIn(zone: string): number {
    let sum = 0;
    this.#counts.forEach((count, instance) => {
      if (instance.availabilityZone === zone && this.isCandidate(instance)) sum += count;
    });
    return sum;
  }

  #build(instances: readonly InstanceRecord[], strategy: Strategy): Node {
    const [first, ...rest] = strategy;
    if (isLine(strategy)) return { leaf: new Line(this, instances, strategy.length > 0) };
    if (first?.type !== 'spread' || isByInstance(first)) {
      return { leaf: new Ranking(this, instances, scoresFor(this.#request, strategy, this.#counts)) };
    }
    const members = new Map<string, InstanceRecord[]>();
    for (const instance of instances) {
      const name = groupOf(instance, first.field ?? '');
      const group = members.get(name) ?? [];
      group.push(instance);
      members.set(name, group);
    }
    const groups = [...members.values()].map((group) => ({
      count: group.reduce((sum, instance) => sum + this.count(instance), 0),
      node: this.#build(group, rest),
    }));
    return { groups };
  }

  #pick(node: Node): InstanceRecord | undefined {
    if ('leaf' in node) {
      const instance = node.leaf.next();
      if (instance === undefined) return undefined;
      this.#counts.set(instance, this.count(instance) + 1);
      this.#last = { leaf: node.leaf, instance };
      return instance;
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
}

/** Places tasks one by one: filter by room and constraints, then apply the strategies in order. */
export function createPlacer(request: PlacementRequest): { next(): Placed } {
  return new Placer(request);
}
