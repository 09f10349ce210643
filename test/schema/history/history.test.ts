import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';

let folder: string;
let world: World;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
  world = await createWorld({}, { HISTORY: join(folder, 'history.db') });
});
afterEach(async () => {
  await world.dispose();
  rmSync(folder, { recursive: true });
});

const HOUR = 3_600_000;
const STOPPED =
  '{ stoppedTasks(clusters: ["storefront"], reason: "user") { nodes { taskArn stoppedReason stoppedAt } } }';

async function stopOne(): Promise<string> {
  const { service } = await world.data<{ service: { tasks: { nodes: { taskArn: string }[] } } }>(
    '{ service(cluster: "storefront", service: "cart") { tasks(first: 1) { nodes { taskArn } } } }',
  );
  const [task] = service.tasks.nodes;
  await world.data(
    'mutation ($task: ID!) { stopTask(input: { task: $task, reason: "stopped by a user" }) { task { id } } }',
    {
      task: task?.taskArn,
    },
  );
  world.sandbox.clock.advance(5 * 60_000);
  return task?.taskArn ?? '';
}

it('stopped tasks stay after ECS has forgotten them', async () => {
  const arn = await stopOne();
  const before = await world.data<{ stoppedTasks: { nodes: { taskArn: string }[] } }>(STOPPED);
  expect(before.stoppedTasks.nodes.map(({ taskArn }) => taskArn)).toEqual([arn]);
  world.sandbox.clock.advance(3 * HOUR);
  const after = await world.count<typeof before>(STOPPED);
  expect(after.errors).toBeUndefined();
  expect(after.data).toEqual(before);
  expect(after.calls.ListTasks).toBe(1);
});

it('the history of a service holds tasks, deployments and events, page by page, for no call', async () => {
  await stopOne();
  await world.data(
    'mutation { updateService(input: { cluster: "storefront", service: "cart", forceNewDeployment: true }) { service { id } } }',
  );
  world.sandbox.clock.advance(HOUR / 2);
  await world.data(
    '{ service(cluster: "storefront", service: "cart") { events { message } serviceDeployments { nodes { status statusReason targetServiceRevision { arn: serviceRevisionArn requestedTaskCount } alarms { status } } } tasks(desiredStatus: STOPPED) { nodes { containers { exitCode } } } } }',
  );
  interface Page {
    readonly service: {
      readonly history: {
        readonly totalCount: { readonly value: number };
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        readonly nodes: readonly {
          readonly kind: string;
          readonly at: string;
          readonly text: string;
          readonly task: { readonly containers: readonly object[] } | null;
          readonly serviceDeployment: { readonly status: string } | null;
          readonly event: { readonly message: string } | null;
        }[];
      };
    };
  }
  const read = (after: string, first: number) =>
    world.count<Page>(
      'query ($after: String, $first: Int) { service(cluster: "storefront", service: "cart") { history(after: $after, first: $first) { totalCount { value } pageInfo { hasNextPage endCursor } nodes { kind at text task { containers { exitCode } } serviceDeployment { status } event { message } } } } }',
      { after, first },
    );
  const whole = await read('', 1_000);
  expect(whole.errors).toBeUndefined();
  expect(whole.calls).toEqual({ DescribeServices: 1 });
  const all = whole.data?.service.history.nodes ?? [];
  expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['TASK_STOPPED', 'DEPLOYMENT_ENDED', 'SERVICE_EVENT']));
  expect(all.map(({ at }) => at)).toEqual(
    all
      .map(({ at }) => at)
      .sort()
      .reverse(),
  );
  expect(all.every(({ text }) => text.length > 0)).toBe(true);
  expect(all.length).toBe(whole.data?.service.history.totalCount.value);
  const paged: object[] = [];
  for (let after = '', more = true; more; ) {
    const page = await read(after, 2);
    paged.push(...(page.data?.service.history.nodes ?? []));
    more = page.data?.service.history.pageInfo.hasNextPage === true;
    after = page.data?.service.history.pageInfo.endCursor ?? '';
  }
  expect(paged).toEqual(all);
});

it('a file that cannot be opened is a mistake in the setting', async () => {
  const path = join(folder, 'missing', 'history.db');
  await expect(createWorld({}, { HISTORY: path })).rejects.toThrow(
    `--history (HISTORY) ${path} cannot be opened or created as a SQLite file`,
  );
});

it('counts deployments, and refuses without a history', async () => {
  await world.data(
    'mutation { updateService(input: { cluster: "storefront", service: "cart", forceNewDeployment: true }) { service { id } } }',
  );
  world.sandbox.clock.advance(HOUR);
  await world.data(
    '{ service(cluster: "storefront", service: "cart") { serviceDeployments { nodes { status statusReason targetServiceRevision { arn: serviceRevisionArn requestedTaskCount } alarms { status } } } } }',
  );
  const query =
    '{ deploymentStatistics(clusters: ["storefront"]) { deploymentCount succeededCount successRate medianDuration usualFailure } }';
  const { deploymentStatistics } = await world.data<{ deploymentStatistics: object }>(query);
  expect(deploymentStatistics).toMatchObject({ succeededCount: expect.any(Number), usualFailure: null });
  expect((deploymentStatistics as { readonly deploymentCount: number }).deploymentCount).toBeGreaterThan(0);
  const without = await createWorld();
  const { errors } = await without.query(query);
  expect(errors?.[0]?.extensions.code).toBe('FAILED_PRECONDITION');
  await without.dispose();
});
