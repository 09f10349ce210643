import type { Service, Task } from '@aws-sdk/client-ecs';
import type { Describer } from '../../ecs/batching/describe-batcher.ts';
import { TtlMap } from '../../ecs/consistency/ttl-map.ts';
import { realTimers, type Timers } from '../../ecs/core/timers.ts';
import { EcsSession } from '../../ecs/request-session.ts';
import type { Upstream } from '../../ecs/sdk/upstream.ts';
import { createLoaders, type Loaders } from '../../loaders/index.ts';
import { ROLLOUT_MEMBERS, type RolloutState, rolloutOf } from './rollout-state.ts';
import { serviceNameOf } from './task-owner.ts';
import { hasFailed } from './task-verdict.ts';

/** The state of the ACTIVE services of a cluster. */
export interface ServicesLook {
  readonly at: Date;
  readonly counts: ReadonlyMap<RolloutState, number>;
  /** Services whose deployment makes no progress, as far as that is known. */
  readonly stalled: number;
}

/** The failed tasks of a cluster that ECS still shows. */
export interface FailuresLook {
  readonly at: Date;
  readonly stoppedAt: readonly Date[];
}

interface Look {
  readonly services: ServicesLook;
  readonly failures: FailuresLook;
}

type LookName = keyof Look;

export interface FleetLooksOptions {
  readonly upstream: Upstream;
  readonly describer: Describer;
  /** How long, in milliseconds, a reading serves all requests; 0 reads again each time. */
  readonly ttlMs: number;
  readonly timers?: Timers | undefined;
  /** Whether the deployment of a service makes no progress. */
  readonly isStalled?: (service: Service, now: number) => boolean;
}

const MOST_LOOKS = 2_000;
/** Every service of a large account is described at a share of ECS's rate, which may take this long for any caller. */
const DEADLINE_MS = 60_000;

/**
 * Readings of whole clusters, made in the background for all requests within their lifetime: their calls are made once
 * and count for no request. A write through this gateway makes the next reading of its cluster a new one.
 */
export class FleetLooks {
  readonly #upstream: Upstream;
  readonly #describer: Describer;
  readonly #isStalled: (service: Service, now: number) => boolean;
  readonly #looks: TtlMap<Promise<Look[LookName]>>;

  constructor({ upstream, describer, ttlMs, timers = realTimers(), isStalled = () => false }: FleetLooksOptions) {
    this.#isStalled = isStalled;
    this.#upstream = upstream;
    this.#describer = describer;
    this.#looks = new TtlMap({ ttlMs, most: MOST_LOOKS }, timers);
  }

  /**
   * The state of the services of a cluster. A reading costs one ListServices for each 100 and one DescribeServices for
   * each 10.
   * @throws {EcsError}
   */
  services(cluster: string): Promise<ServicesLook> {
    return this.#look('services', cluster, async ({ lists, of }, at) => {
      const arns = await lists.read('ListServices', { cluster });
      const loader = of('Service');
      const services = await Promise.all(arns.map((id) => loader.load({ id, cluster, members: ROLLOUT_MEMBERS })));
      const counts = new Map<RolloutState, number>();
      let stalled = 0;
      for (const service of services) {
        if (service === null) continue;
        const { state } = rolloutOf(service);
        counts.set(state, (counts.get(state) ?? 0) + 1);
        if (this.#isStalled(service, at.getTime())) stalled += 1;
      }
      return { at, counts, stalled };
    });
  }

  /**
   * Which tasks of a cluster failed. A look costs one ListTasks and one DescribeTasks for each 100 stopped tasks.
   * @throws {EcsError}
   */
  failures(cluster: string): Promise<FailuresLook> {
    return this.#look('failures', cluster, async ({ lists, of }, at) => {
      const arns = await lists.read('ListTasks', { cluster, desiredStatus: 'STOPPED' });
      const loader = of('Task');
      const tasks = await Promise.all(arns.map((id) => loader.load({ id, cluster, members: STOPPED_MEMBERS })));
      return {
        at,
        stoppedAt: tasks.flatMap((task) => (task !== null && isFailure(task) ? (task.stoppedAt ?? []) : [])),
      };
    });
  }

  #look<Name extends LookName>(
    name: Name,
    cluster: string,
    read: (loaders: Loaders, at: Date) => Promise<Look[Name]>,
  ): Promise<Look[Name]> {
    const { scope, clock } = this.#upstream;
    // A write to the cluster changes the key.
    const key = `${name} ${this.#describer.memory.answerKey('ListServices', { cluster }, scope)}`;
    const known = this.#looks.get(key);
    if (known !== undefined) return known as Promise<Look[Name]>;
    const ecs = new EcsSession({
      upstream: this.#upstream,
      describer: this.#describer,
      signal: new AbortController().signal,
      lane: 'poll',
      readDeadlineMs: DEADLINE_MS,
      writeDeadlineMs: DEADLINE_MS,
    });
    const look = read(createLoaders(ecs), new Date(clock.now())).finally(() => ecs.release());
    this.#looks.put(key, look);
    // A failed reading is not shared.
    look.catch(() => this.#looks.delete(key));
    return look;
  }
}

const STOPPED_MEMBERS = ['lastStatus', 'stopCode', 'stoppedReason', 'stoppedAt', 'startedAt', 'group', 'containers'];

/** A service's task has failed if it exits on its own; another task if its exit code is not 0, or if it never ran. */
export function isFailure(task: Task): boolean {
  if (task.lastStatus !== 'STOPPED' || !hasFailed(task)) return false;
  if (serviceNameOf(task) !== undefined || task.startedAt === undefined) return true;
  return (task.containers ?? []).some(({ exitCode }) => exitCode !== 0);
}
