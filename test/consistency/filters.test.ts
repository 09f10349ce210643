import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LISTS } from '../../src/ecs/core/list-operations.ts';
import { operations } from '../../src/schema/generated/operations.ts';
import { FILTER_CASES } from './filter-cases/index.ts';
import { createLateWorld, type LateWorld, leavesOf } from './late-world.ts';

/** Members of lists' inputs that name the thing whose list it is, or how it is paged. */
const NO_FILTERS = ['nextToken', 'maxResults', 'include'];
const PARENTS = ['cluster', 'clusterArn', 'service', 'daemonArn'];

/** Filters that no write of the gateway can change the answer of, each with the reason. */
const WITHOUT_WRITES: Readonly<Record<string, string>> = {
  'ListGatewayRoutes gateway': 'ECS makes routes itself',
  'ListGatewayRoutes cluster': 'ECS makes routes itself',
  'ListGatewayRoutes service': 'ECS makes routes itself',
  'ListGatewayRoutes serviceContainerPortName': 'ECS makes routes itself',
  'ListGatewayRoutes status': 'ECS makes routes itself',
  'DescribeGatewayResources gateway': 'ECS makes the load balancers itself',
  'ListTasks daemonName': 'ECS starts the tasks of daemons itself',
  'ListDaemonTaskDefinitions sort': 'an order, and no filter',
  'ListDaemonDeployments createdAt': 'a deployment that has just begun has no date yet',
  'ListAccountSettings effectiveSettings':
    'only ECS knows the defaults: it shows the write late, as docs/consistency.md says',
};

describe.each([
  ['while ECS is 4 s late', false],
  ['while ECS and its events are late', true],
] as const)('a list that ECS filters, read %s', (_when, isHeld) => {
  let late: LateWorld;
  beforeAll(async () => {
    late = await createLateWorld({}, isHeld);
  });
  afterAll(() => late.world.dispose());

  it.each(FILTER_CASES.map((each, index) => [`${each.list} (${each.filters.join(', ')})`, each.what, index] as const))(
    '%s agrees with the write before: %s',
    async (_list, _what, index) => {
      const each = FILTER_CASES[index];
      if (each === undefined) throw new RangeError(`no case ${index}`);
      const { world, past, through } = late;
      const prepared = await late.prepare(() => each.prepare?.(past, `filter-${index}`));
      const written = await each.write(through, prepared ?? {});
      for (const [field, item, isThere] of each.shows({ ...prepared, ...leavesOf(written) })) {
        const { list } = await world.data<{ list: { nodes: object[] } }>(
          `{ list: ${field} { nodes { ${Object.keys(item).join(' ')} } } }`,
        );
        if (isThere) expect(list.nodes, field).toContainEqual(item);
        else expect(list.nodes, field).not.toContainEqual(item);
      }
    },
  );

  it('is in the table with every filter that ECS has', () => {
    const inputs = operations as unknown as Readonly<Record<string, { readonly input: object }>>;
    const all = Object.keys(LISTS).flatMap((list) => {
      const names = Object.keys(inputs[list]?.input ?? {}).filter((name) => !NO_FILTERS.includes(name));
      const isParent = (name: string) =>
        PARENTS.includes(name) && !list.includes('Gateway') && !list.startsWith('Desc');
      return names.filter((name) => !isParent(name)).map((name) => `${list} ${name}`);
    });
    const covered = FILTER_CASES.flatMap(({ list, filters }) => filters.map((name) => `${list} ${name}`));
    const missing = all.filter((name) => !covered.includes(name) && WITHOUT_WRITES[name] === undefined);
    expect(missing).toEqual([]);
    expect(Object.keys(WITHOUT_WRITES).filter((name) => covered.includes(name) || !all.includes(name))).toEqual([]);
  });
});
