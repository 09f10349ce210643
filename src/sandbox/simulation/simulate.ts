import type { ClusterState } from '../import/cluster-state.ts';
import { type ImportedCluster, importCluster } from '../import/import-cluster.ts';
import { applyChange, type Change, concernedServices, leavingInstances } from './change.ts';
import { Course } from './course.ts';
import { goalOf, isWhole } from './goal.ts';
import { lookAt, reportOf, type SimulationReport } from './report.ts';

/** The bounds of a simulation. */
export interface SimulationLimits {
  /** Virtual milliseconds after which it ends, done or not. */
  readonly horizon: number;
  /** The same number gives the same ids, choices and durations. */
  readonly randomSeed: number;
}

/** Nothing has come nearer to the end for so long: longer than the scheduler waits between two attempts to place a task. */
const AT_REST = 16 * 60_000;
/** The same before a short horizon: a task may take so long to start or to stop. */
const AT_REST_SOONEST = 5 * 60_000;

/**
 * Carries out a change on a copy of a cluster, in virtual time, and follows it until it is done and the services are
 * whole again, or to the horizon. Each yield is a chance to let others work.
 * @throws {EcsError} what ECS would refuse the change with; see `refusalOf`
 */
export function* simulate(
  state: ClusterState,
  change: Change,
  { horizon, randomSeed }: SimulationLimits,
): Generator<void, SimulationReport> {
  const imported = yield* importCluster(state, randomSeed);
  return yield* carryOut(imported, change, horizon);
}

/** The same in a world that is there. */
export function* carryOut(
  imported: ImportedCluster,
  change: Change,
  horizon: number,
): Generator<void, SimulationReport> {
  const { world } = imported;
  const course = new Course(world, concernedServices(imported, change));
  const goal = goalOf(imported, change);
  const leaving = leavingInstances(imported, change);
  const onLeaving = leaving.flatMap(({ tasks }) => [...tasks]);
  applyChange(imported, change);
  course.count();
  const begunAt = world.clock.now();
  const begun = change.kind === 'drain' ? yield* lookAt(imported, course, leaving) : undefined;
  const end = world.clock.now() + horizon;
  let reached: { readonly state: 'done' | 'failed' | 'rolledBack'; readonly after: number } | undefined;
  for (;;) {
    const now = goal(course);
    if (reached === undefined && now !== 'open') reached = { state: now, after: course.elapsed };
    const next = world.clock.nextAt;
    if ((reached !== undefined && areWhole(course)) || next === undefined || next > end) break;
    world.clock.advanceToNext();
    course.count();
    yield;
  }
  // Nothing more is due before the horizon.
  if (reached === undefined || !areWhole(course)) world.clock.advance(Math.max(0, end - world.clock.now()));
  const isAtRest =
    world.clock.now() - course.lastProgressAt >= Math.min(AT_REST, Math.max(AT_REST_SOONEST, horizon / 2));
  yield;
  return yield* reportOf({ imported, course, leaving, onLeaving, reached, isAtRest, begunAt, begun });
}

function areWhole(course: Course): boolean {
  for (const service of course.services.keys()) if (!isWhole(course, service)) return false;
  return true;
}
