import type { Seed } from '../seed.ts';

export const seedFleet: Seed = {
  span: 0,
  plant: () => undefined,
};
