import { OTHER_FILTERS } from './clusters-and-daemons.ts';
import { DEFINITION_FILTERS } from './definitions.ts';
import type { FilterCase } from './filter-case.ts';
import { INSTANCE_FILTERS } from './instances.ts';
import { SERVICE_FILTERS } from './services-and-tasks.ts';

/** A case for each filter that ECS evaluates, by the resource of the list. */
export const FILTER_CASES: readonly FilterCase[] = [
  ...INSTANCE_FILTERS,
  ...SERVICE_FILTERS,
  ...DEFINITION_FILTERS,
  ...OTHER_FILTERS,
];
