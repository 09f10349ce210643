import type { Seed } from '../seed.ts';

export const seedDemo: Seed = {
  span: 0,
  plant: () => undefined,
};
