/** Who goes first when a rate bucket runs low. */
export type Lane = 'write' | 'query' | 'poll';

/** In the order in which they are served. */
export const LANES: readonly Lane[] = ['write', 'query', 'poll'];
