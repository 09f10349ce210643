import type { RoleRecord } from '../model/external-services.ts';

/** The means by which a seed builds a world: the API and the clock. */
export interface SeedTools {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  call(operation: string, input: object): object;
  advance(ms: number): void;
  /** Remaining virtual time of the seed. */
  remaining(): number;
}

export interface Seed {
  /** Length of the world's past in virtual time. */
  readonly span: number;
  plant(tools: SeedTools): void;
  /** Roles that exist from the start, by ARN. */
  readonly roles?: ReadonlyMap<string, RoleRecord>;
}

export type SeedName = 'empty' | 'demo' | 'fleet' | 'organization';
