import { EcsError } from '../checks/ecs-errors.ts';

export type { ClusterState, TaskOutlook } from '../import/cluster-state.ts';
export type { Timings } from '../time/timings.ts';
export { DEFAULT_TIMINGS } from '../time/timings.ts';
export type { CapacityNeed } from './capacity-need.ts';
export type { Change, ServiceUpdate } from './change.ts';
export type { Look, SimulatedService, SimulatedTask, SimulationOutcome, SimulationReport, TaskFate } from './report.ts';
export { type SimulationLimits, simulate } from './simulate.ts';

/** Why ECS would refuse a simulated change; undefined for any other error. */
export function refusalOf(error: unknown): { readonly code: string; readonly message: string } | undefined {
  return error instanceof EcsError ? { code: error.code, message: error.message } : undefined;
}
