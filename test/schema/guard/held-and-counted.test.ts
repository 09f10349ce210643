import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeNodeId } from '../../../src/schema/core/node-id.ts';
import { createPolicedWorld, type PolicedWorld } from '../../policy/support/policy-world.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';

/** `one` reads clusters and tasks; `two` reads what is in one cluster; `nobody` reads services by their tag. */
const POLICIES = `
permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource is Ecs::Cluster);
permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource is Ecs::Task);
permit(principal in Ecs::Role::"two", action in Ecs::Action::"read", resource in Ecs::Cluster::"${ARN}:cluster/storefront");
permit(principal in Ecs::Role::"nobody", action == Ecs::Action::"DescribeServices", resource)
when { resource.hasTag("team") && resource.getTag("team") == "web" };
`;

interface Ids {
  readonly service: { readonly deployments: readonly { readonly id: string }[] };
  readonly tasks: {
    readonly nodes: readonly { readonly taskArn: string; readonly containers: readonly { readonly id: string }[] }[];
  };
  readonly taskDefinitionFamilies: { readonly nodes: readonly { readonly id: string }[] };
}

async function idsIn(policed: PolicedWorld, cluster: string, service: string) {
  const { data } = await policed.as<Ids>(
    'admin',
    `{ service(cluster: "${cluster}", service: "${service}") { deployments { id } }
      tasks(clusters: ["${cluster}"], first: 1) { nodes { taskArn containers { id } } } taskDefinitionFamilies(first: 1) { nodes { id } } }`,
  );
  const slot = data?.service.deployments[0]?.id ?? '';
  const container = data?.tasks.nodes[0]?.containers[0]?.id ?? '';
  const family = data?.taskDefinitionFamilies.nodes[0]?.id ?? '';
  return { slot, container, family, task: data?.tasks.nodes[0]?.taskArn ?? '' };
}

const NODE = 'query($id: ID!) { node(id: $id) { __typename id } }';

describe('what a service, task or family holds', () => {
  it('is read by its id where its holder is, and else is FORBIDDEN without a call', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { slot, container, family } = await idsIn(policed, 'platform', 'orders-api');
    const cases = [
      [slot, 'DeploymentSlot', 'DescribeServices', { DescribeServices: 1 }],
      [container, 'Container', 'DescribeTasks', { DescribeTasks: 1 }],
      [family, 'TaskDefinitionFamily', 'ListTaskDefinitions', { ListTaskDefinitionFamilies: 1 }],
    ] as const;
    for (const [id, __typename, action, cost] of cases) {
      const allowed = await policed.as('viewer', NODE, { id });
      expect([allowed.errors, allowed.data, allowed.calls]).toEqual([undefined, { node: { __typename, id } }, cost]);
      const denied = await policed.as('two', NODE, { id });
      expect([denied.data, denied.errors?.[0]?.extensions, denied.calls]).toEqual([
        { node: null },
        expect.objectContaining({ code: 'FORBIDDEN', action, policies: [] }),
        {},
      ]);
    }
    const many = await policed.as('one', 'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', {
      ids: [slot, container, family],
    });
    expect(many.data).toEqual({ nodes: [null, { __typename: 'Container', id: container }, null] });
    expect(many.errors?.map(({ path }) => path)).toEqual([
      ['nodes', 0],
      ['nodes', 2],
    ]);
    expect(many.calls).toEqual({ DescribeTasks: 1 });
  });

  it('is not confirmed to exist, where the decision takes a read', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const mine = await idsIn(policed, 'storefront', 'cart');
    const other = await idsIn(policed, 'platform', 'orders-api');
    const gone = encodeNodeId({ type: 'DeploymentSlot', parts: [`${ARN}:service/platform/gone`, '', 'ecs-svc/1'] });
    const look = (id: string) => policed.as('nobody', NODE, { id });
    expect(await look(mine.slot)).toMatchObject({ data: { node: { id: mine.slot } }, calls: { DescribeServices: 1 } });
    for (const id of [other.slot, gone]) {
      const { data, errors } = await look(id);
      expect([data, errors]).toEqual([{ node: null }, undefined]);
    }
  });

  it('is decided by its holder through a link of another noun', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { task } = await idsIn(policed, 'storefront', 'cart');
    const query = `{ task(task: "${task}") { lastStatus containers { name } deploymentSlot { deploymentId } } }`;
    const { data, errors } = await policed.as<{ task: { lastStatus: string; containers: object[] } }>('one', query);
    expect(data?.task).toMatchObject({ lastStatus: 'RUNNING', deploymentSlot: null });
    expect(data?.task.containers.length).toBeGreaterThan(0);
    expect(errors).toMatchObject([
      { path: ['task', 'deploymentSlot'], extensions: { code: 'FORBIDDEN', action: 'DescribeServices' } },
    ]);
    const allowed = await policed.as('two', query);
    expect([allowed.errors, allowed.data]).toEqual([
      undefined,
      { task: expect.objectContaining({ deploymentSlot: { deploymentId: expect.any(String) } }) },
    ]);
  });
});

describe('the history of a service', () => {
  it('counts only for callers who may read all that is counted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'history-'));
    try {
      await using policed = await createPolicedWorld(
        `permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource is Ecs::Service);
         permit(principal in Ecs::Role::"two", action in Ecs::Action::"read", resource in Ecs::Cluster::"${ARN}:cluster/storefront");`,
        { HISTORY: join(folder, 'history.db') },
      );
      const { task } = await idsIn(policed, 'storefront', 'cart');
      await policed.as('admin', 'mutation($task: ID!) { stopTask(input: { task: $task }) { task { id } } }', { task });
      policed.world.sandbox.clock.advance(300_000);
      const { data } = await policed.as<{ stoppedTasks: { nodes: { service: { serviceName: string } }[] } }>(
        'admin',
        '{ stoppedTasks(clusters: ["storefront"]) { nodes { service { serviceName } } } }',
      );
      const [stopped] = data?.stoppedTasks.nodes ?? [];
      const count = (role: string, args: string) =>
        policed.as<{ service: { history: { totalCount: { value: number } | null; nodes: object[] } } }>(
          role,
          `{ service(cluster: "storefront", service: "${stopped?.service.serviceName}") { history${args} { totalCount { value } nodes { kind } } } }`,
        );
      for (const role of ['admin', 'two']) {
        const { data, errors } = await count(role, '(kinds: [TASK_STOPPED])');
        expect([role, errors]).toEqual([role, undefined]);
        const { nodes, totalCount } = data?.service.history ?? {};
        expect(nodes?.length).toBeGreaterThan(0);
        expect(totalCount?.value).toBe(nodes?.length);
      }
      for (const [args, action] of [
        ['(kinds: [TASK_STOPPED])', 'DescribeTasks'],
        ['(kinds: [DEPLOYMENT_ENDED])', 'DescribeServiceDeployments'],
        ['', 'DescribeTasks'],
      ] as const) {
        const { data, errors } = await count('one', args);
        expect([args, data]).toMatchObject([args, { service: { history: { totalCount: null } } }]);
        expect(JSON.stringify(data)).not.toContain('TASK_STOPPED');
        expect(errors?.map(({ extensions }) => [extensions.code, extensions.action])).toEqual([['FORBIDDEN', action]]);
      }
      expect((await count('one', '(kinds: [SERVICE_EVENT])')).errors).toBeUndefined();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('counts', () => {
  const HEADER =
    '{ overview { clusterCount serviceCount serviceCounts { total } taskCounts { running } failedTaskCount } }';

  it('of what the caller may not read are null with FORBIDDEN, without a call for them', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { data, errors, calls } = await policed.as('one', HEADER);
    expect(data).toEqual({
      overview: {
        clusterCount: 3,
        serviceCount: null,
        serviceCounts: null,
        taskCounts: { running: expect.any(Number) },
        failedTaskCount: expect.any(Number),
      },
    });
    expect(errors?.map(({ path, extensions }) => [path?.[1], extensions.code, extensions.action]).sort()).toEqual([
      ['serviceCount', 'FORBIDDEN', 'DescribeServices'],
      ['serviceCounts', 'FORBIDDEN', 'DescribeServices'],
    ]);
    expect([calls.ListServices, calls.DescribeServices]).toEqual([undefined, undefined]);
    const one = await policed.as('one', '{ cluster(cluster: "platform") { status serviceCounts { total } } }');
    expect([one.data, one.errors?.[0]?.extensions.action]).toEqual([
      { cluster: { status: 'ACTIVE', serviceCounts: null } },
      'DescribeServices',
    ]);
  });

  it('cover the clusters that the caller may read, and no other', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    const { data, errors } = await policed.as('two', HEADER);
    expect([errors, data]).toEqual([
      undefined,
      { overview: expect.objectContaining({ clusterCount: 1, serviceCount: 5, serviceCounts: { total: 5 } }) },
    ]);
    const named = await policed.as('two', '{ overview(clusters: ["storefront", "platform"]) { clusterCount } }');
    expect([named.data, named.errors?.[0]?.extensions.code, named.calls]).toEqual([
      { overview: null },
      'FORBIDDEN',
      {},
    ]);
    expect((await policed.as('nobody', HEADER)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('by reason are of the stopped tasks that the caller may read', async () => {
    await using policed = await createPolicedWorld(POLICIES);
    interface Reasons {
      readonly stopReasons: readonly { readonly count: number }[];
      readonly stoppedTasks: { readonly nodes: readonly object[] };
    }
    const read = async (role: string, clusters = '') => {
      const { data } = await policed.as<Reasons>(
        role,
        `{ stopReasons${clusters} { count } stoppedTasks(first: 500) { nodes { taskArn } } }`,
      );
      const sum = data?.stopReasons.reduce((total, { count }) => total + count, 0) ?? 0;
      return { sum, listed: data?.stoppedTasks.nodes.length };
    };
    const all = await read('viewer');
    const some = await read('two');
    expect(all.sum).toBe(all.listed);
    expect(some.sum).toBe(some.listed);
    expect(some.sum).toBeGreaterThan(0);
    expect(some.sum).toBeLessThan(all.sum);
    expect(some.sum).toBe((await read('viewer', '(clusters: ["storefront"])')).sum);
  });
});
