import type { Node, Value } from './graph-format.ts';

export const FORMAT = 'ecs-graphql sandbox world';
/** Increased when records change so that older files would be misread. */
export const VERSION = 3;

/** All Regions of a sandbox, their pending events and their settings, as JSON. Valid for the release that wrote it. */
export interface WorldFile {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Virtual time, for human readers. */
  readonly now: string;
  readonly seed: string;
  readonly randomSeed: number;
  readonly worlds: readonly { readonly account: string; readonly region: string; readonly state: Value }[];
  readonly clock: Value;
  readonly faults: Value;
  readonly surroundings: Value;
  readonly sessions: Value;
  readonly nodes: readonly Node[];
}
