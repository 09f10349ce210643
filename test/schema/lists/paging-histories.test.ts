import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LISTS } from '../../../src/ecs/core/list-operations.ts';
import { pastGateway } from '../../support/ecs/call-ecs.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';
import { toGraphInput } from '../../support/operations/graph-input.ts';
import { KINDS, type Write } from './paging-kinds.ts';
import { preparePaging } from './prepare-paging.ts';

/** Resources that the lists of others need, and those that ECS itself created. */
const KEPT = /(^|\/)(c|attributes|own|edge|web|shared|agent|deployed|FARGATE|FARGATE_SPOT)(:\d+)?$|^ecs\./;

/** Between two pages: whether the writes go through the gateway, which of the listed items end, and what is created. */
interface Step {
  readonly isThrough: boolean;
  readonly ended: readonly number[];
  readonly created: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  isThrough: fc.boolean(),
  // Counted from the last item shown, so that most that end are near the place.
  ended: fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 2, maxLength: 6 }),
  created: fc.nat(2),
});

/** Lists that need no history, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  taskSets: 'ECS answers with all of them at once: a service has a few at most',
  findings: 'computed for each page from whole lists, and its cursor is a key: test/schema/findings pages through it',
  DescribeGatewayResources: 'a gateway has ten load balancers at most, and ECS puts twenty on a page',
};

describe('the histories', () => {
  const covered = Object.values(KINDS);

  it('are of every list of the query', () => {
    const fields = Object.values(sharedSchema().getQueryType()?.getFields() ?? {});
    const lists = fields.filter(({ type }) => String(type).endsWith('Connection')).map(({ name }) => name);
    expect(lists.length).toBeGreaterThan(15);
    const names = new Set(covered.flatMap(({ parent, field }) => (parent === undefined ? field.split('(')[0] : [])));
    expect(lists.filter((name) => !names.has(name) && WITHOUT[name] === undefined)).toEqual([]);
  });

  it('are of every operation of ECS that pages', () => {
    const operations = new Set<string>(covered.map(({ list }) => list));
    expect(Object.keys(LISTS).filter((name) => !operations.has(name) && WITHOUT[name] === undefined)).toEqual([]);
  });
});

describe('paging, while things are created and end between the pages', () => {
  let world: World;
  let serial = 0;

  let past: Write;
  const PAYLOADS: Readonly<Record<string, string>> = {
    CreateCluster: 'cluster { clusterArn }',
    CreateDaemon: 'daemonArn',
    UpdateDaemon: 'deploymentArn',
    CreateService: 'service { serviceArn }',
    RegisterContainerInstance: 'containerInstance { containerInstanceArn }',
    RegisterDaemonTaskDefinition: 'daemonTaskDefinitionArn',
    RegisterTaskDefinition: 'taskDefinition { taskDefinitionArn }',
    RunTask: 'tasks { taskArn }',
    UpdateService: 'service { currentServiceDeployment { serviceDeploymentArn } }',
  };
  const through: Write = async (operation, input) => {
    if (/^(Describe|List)/.test(operation)) return past(operation, input);
    const field = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
    const text = `mutation ($input: ${operation}Input!) { ${field}(input: $input) { ${PAYLOADS[operation] ?? '__typename'} } }`;
    return (
      (await world.data<Record<string, Record<string, unknown>>>(text, { input: toGraphInput(input) }))[field] ?? {}
    );
  };

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    past = pastGateway(world);
    await preparePaging(past);
  });
  afterAll(() => world.dispose());

  it.each(Object.entries(KINDS))('%s shows once what was there all the time', async (_name, kind) => {
    const newName = () => {
      serial += 1;
      return `${'abc'.charAt(serial % 3)}${String((serial * 7919) % 1000).padStart(3, '0')}-${serial}`;
    };
    const readPage = async (first: number, after: string | null) => {
      const field = `list: ${kind.field.replace('PAGE', 'first: $first, after: $after')} {
        edges { cursor node { ${kind.member} } } pageInfo { hasNextPage endCursor } }`;
      const fields = kind.parent === undefined ? field : `parent: ${kind.parent} { ${field} }`;
      const { data, errors, calls } = await world.count<{ list?: Listed; parent?: { list: Listed } }>(
        `query ($first: Int, $after: String) { ${fields} }`,
        { first, after },
      );
      expect(errors).toBeUndefined();
      const list = data?.list ?? data?.parent?.list ?? { edges: [], pageInfo: { hasNextPage: false, endCursor: null } };
      // One call for each page of ECS's that the items are on; to see the end behind a full one takes another. Describing a
      // capacity provider is the same operation as listing them.
      const pages = Math.floor(list.edges.length / (kind.page ?? 100)) + (kind.page === undefined ? 1 : 2);
      if (kind.list.startsWith('List') && kind.filtered !== true) expect(calls[kind.list]).toBeLessThanOrEqual(pages);
      return { items: list.edges.map(({ node }) => Object.values(node).join(' ')), ...list };
    };
    const createOne = async (write: Write) => {
      const item = await kind.create(write, newName());
      if (kind.beginsAfterMs !== undefined) world.sandbox.clock.advance(kind.beginsAfterMs);
      return item;
    };
    let tried = 0;
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(3), step), { minLength: 5, maxLength: 8 }),
        async (requests) => {
          const there = new Set((await readPage(200, null)).items);
          // Of account settings there are no more than ECS knows names. One that the gateway deleted a moment ago is set through it.
          const begin = kind.list === 'ListAccountSettings' ? through : past;
          for (let count = 0; there.size < 16 && count < 30; count += 1) there.add(await createOne(begin));
          const listed = (await readPage(200, null)).items;
          expect(listed.length).toBeGreaterThan(8);
          const allTheTime = new Set(listed);
          const again = new Set<string>();
          const shown: string[] = [];
          let after: string | null = null;
          for (let request = 0; ; request += 1) {
            const [first = 9, back = 0, change] = requests[request] ?? [];
            const { items, edges, pageInfo }: Listed & { items: string[] } = await readPage(first, after);
            const kept = Math.max(1, items.length - back);
            shown.push(...items.slice(0, kept));
            after = edges[kept - 1]?.cursor ?? null;
            if (items.length === 0 || (kept >= items.length && !pageInfo.hasNextPage)) break;
            if (kept === items.length) expect(after).toBe(pageInfo.endCursor);
            if (change === undefined) continue;
            const write = change.isThrough ? through : past;
            const at = listed.indexOf(shown.at(-1) ?? '');
            for (const distance of new Set(change.ended)) {
              const item = listed[at + distance];
              if (kind.end === undefined || item === undefined || KEPT.test(item) || !allTheTime.has(item)) continue;
              tried += 1;
              // A resource that ended in an earlier history may still be listed, and cannot end once more.
              const hasEnded = await kind.end(write, item).then(
                () => true,
                () => false,
              );
              if (hasEnded) allTheTime.delete(item);
              if (kind.endsAfterMs !== undefined) world.sandbox.clock.advance(kind.endsAfterMs);
              ended += Number(hasEnded);
            }
            for (let count = 0; count < change.created; count += 1) again.add(await createOne(write));
          }
          const twice = shown.filter((item, index) => shown.indexOf(item) !== index && !again.has(item));
          expect(twice).toEqual([]);
          expect([...allTheTime].filter((item) => !shown.includes(item))).toEqual([]);
        },
      ),
      { numRuns: 2, endOnFailure: true },
    );
    // A history may try to end nothing; where it does, something ends.
    expect(ended > 0).toBe(tried > 0);
  });
});

interface Listed {
  readonly edges: readonly { readonly cursor: string; readonly node: Readonly<Record<string, unknown>> }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
