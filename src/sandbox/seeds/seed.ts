/** What a seed has to build a world with: the API itself, and time. */
export interface SeedTools {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  call(operation: string, input: object): object;
  advance(ms: number): void;
  /** Virtual time left until the seed must be done. */
  remaining(): number;
}

export interface Seed {
  /** How much virtual time the world's past takes. */
  readonly span: number;
  plant(tools: SeedTools): void;
}

export type SeedName = 'empty' | 'demo' | 'fleet';
