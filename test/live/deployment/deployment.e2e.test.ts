import {
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { type LiveWorld, liveWorld } from '../support/live-world.ts';
import {
  createCluster,
  createService,
  createServiceOnInstances,
  deleteService,
  registerInstances,
  registerRevision,
  updateService,
} from '../support/setting.ts';

interface Update {
  readonly type: string;
  readonly sequence: number;
  readonly cursor: string;
  readonly observedAt: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly changes: { readonly field: string }[];
  readonly progress: {
    readonly percent: number;
    readonly healthyTaskCount: number;
    readonly serviceDeploymentArn: string | null;
    readonly deploymentId: string | null;
    readonly blockedBy: { readonly reason: string; readonly message: string }[];
    readonly recentFailures: {
      readonly stoppedReason: string;
      readonly containers: { readonly exitCode: number | null }[];
    }[];
    readonly ending: { readonly cause: string | null; readonly reason: string | null } | null;
  };
}

const FIELDS = `type sequence cursor observedAt outcome summary changes { field before after } progress {
  percent healthyTaskCount serviceDeploymentArn deploymentId blockedBy { reason message latitude { healthyFloor } }
  recentFailures { stoppedReason stopCode containers { name exitCode } } estimate { remaining basis } ending { cause reason } }`;
const QUERY = `subscription ($after: String, $timeout: Duration, $id: ID, $stallAfter: Duration) {
  deploymentProgress(cluster: "prod", service: "web", after: $after, timeout: $timeout, deploymentId: $id, stallAfter: $stallAfter) { ${FIELDS} } }`;

const BREAKER = { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } };

/** A steady service `web`. */
async function steady(options: Parameters<typeof createService>[1] = {}): Promise<LiveWorld> {
  const world = await liveWorld();
  await createCluster(world);
  await registerRevision(world);
  await createService(world, options);
  await world.pass(150_000);
  return world;
}

async function toTheEnd(world: LiveWorld, variables: Record<string, unknown> = {}): Promise<Update[]> {
  const stream = await world.subscribe<Update>(QUERY, variables);
  await world.until(() => stream.isDone);
  expect(stream.errors).toEqual([]);
  const sequences = stream.events.map(({ sequence }) => sequence);
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  expect(new Set(sequences).size).toBe(sequences.length);
  const times = stream.events.map(({ observedAt }) => observedAt);
  expect(times).toEqual([...times].sort());
  expect(stream.events.filter(({ outcome }) => outcome !== null)).toHaveLength(1);
  expect(world.timers.pending).toBe(0);
  return stream.events;
}

const ending = (events: Update[]) => [events.at(-1)?.outcome, events.at(-1)?.progress.ending?.cause];

describe('deploymentProgress, end to end', () => {
  it('follows a rolling deployment to its success, and can be picked up at every event', async () => {
    await using world = await steady();
    await registerRevision(world, 'web:2');
    await updateService(world);
    const events = await toTheEnd(world);
    expect(events[0]).toMatchObject({ type: 'SNAPSHOT', outcome: null });
    expect(ending(events)).toEqual(['SUCCEEDED', null]);
    expect(events.at(-1)?.progress).toMatchObject({ percent: 100, healthyTaskCount: 3 });
    expect(events.length).toBeGreaterThan(4);
    expect(events.slice(1).every(({ changes }) => changes.length > 0)).toBe(true);
    expect(events.at(-1)?.summary).toMatch(/^web in prod: deployment succeeded after \d/);
    for (const [i, event] of events.entries()) {
      const again = await world.subscribe<Update>(QUERY, { after: event.cursor });
      await world.until(() => again.isDone);
      expect(again.events.map(({ sequence }) => sequence)).toEqual(events.slice(i + 1).map(({ sequence }) => sequence));
    }
    const late = await toTheEnd(world);
    expect(late.map(({ type, outcome }) => [type, outcome])).toEqual([['ENDED', 'SUCCEEDED']]);
  });

  it('is never done at 0 of 0, before ECS has planned it', async () => {
    const world = await steady();
    await using _world = world;
    await updateService(world, { forceNewDeployment: true });
    const stream = await world.subscribe<Update>(QUERY);
    await world.until(() => stream.events.length > 0);
    const { services } = await world.ecs.send(new DescribeServicesCommand({ cluster: 'prod', services: ['web'] }));
    expect(services?.[0]?.deployments?.[0]).toMatchObject({ desiredCount: 0, runningCount: 0 });
    expect(stream.events[0]).toMatchObject({ outcome: null, progress: { percent: 0, healthyTaskCount: 0 } });
    expect(stream.events[0]?.summary).not.toMatch(/\b0 of 0\b/);
    await world.until(() => stream.isDone);
    expect(stream.events.at(-1)).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(stream.events.every(({ summary }) => !/\b0 of 0\b/.test(summary))).toBe(true);
  });

  it('calls a rollback a rollback, with the tasks that failed', async () => {
    await using world = await steady(BREAKER);
    await registerRevision(world, 'sandbox/exit:7');
    await updateService(world);
    const events = await toTheEnd(world);
    expect(ending(events)).toEqual(['ROLLED_BACK', 'CIRCUIT_BREAKER']);
    expect(events.at(-1)?.progress.recentFailures[0]?.containers[0]?.exitCode).toBe(7);
    expect(
      events.some(({ progress }) => progress.blockedBy.some(({ reason }) => reason === 'TASKS_KEEP_FAILING')),
    ).toBe(true);
    expect(new Set(events.map(({ progress }) => progress.deploymentId)).size).toBe(1);
  });

  it('calls a breaker without rollback a failure', async () => {
    await using world = await steady({
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    await registerRevision(world, 'sandbox/exit:1');
    await updateService(world);
    expect(ending(await toTheEnd(world))).toEqual(['FAILED', 'CIRCUIT_BREAKER']);
  });

  it('is superseded by a newer deployment', async () => {
    await using world = await steady();
    await registerRevision(world, 'web:2');
    await updateService(world);
    const stream = await world.subscribe<Update>(QUERY);
    await world.pass(5_000);
    await registerRevision(world, 'web:3');
    await updateService(world);
    await world.until(() => stream.isDone);
    expect(ending(stream.events)).toEqual(['SUPERSEDED', 'NEWER_DEPLOYMENT']);
    expect(ending(await toTheEnd(world))).toEqual(['SUCCEEDED', null]);
  });

  it('shows why it was rolled back, even when that is over', async () => {
    await using world = await steady({
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await registerRevision(world, 'sandbox/exit:3');
    await updateService(world);
    await world.pass(400_000);
    const stream = await world.subscribe<Update>(QUERY);
    await world.until(() => stream.isDone, 20_000);
    const { events } = stream;
    expect(ending(events)).toEqual(['ROLLED_BACK', 'CIRCUIT_BREAKER']);
    expect(events[0]?.summary).toMatch(
      /: the circuit breaker tripped; Essential container in task exited; app exited with 3$/,
    );
  });

  it('is rolled back by hand', async () => {
    await using world = await steady();
    await registerRevision(world, 'web:2');
    await updateService(world);
    const stream = await world.subscribe<Update>(QUERY);
    await world.pass(5_000);
    const serviceDeploymentArn = stream.events.at(-1)?.progress.serviceDeploymentArn ?? '';
    await world.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
    await world.until(() => stream.isDone);
    expect(ending(stream.events)).toEqual(['ROLLED_BACK', 'USER']);
  });

  it('ends with its service', async () => {
    await using world = await steady();
    await registerRevision(world, 'web:2');
    await updateService(world);
    const stream = await world.subscribe<Update>(QUERY);
    await world.pass(5_000);
    await deleteService(world);
    await world.until(() => stream.isDone);
    expect(ending(stream.events)).toEqual(['SERVICE_DELETED', 'SERVICE_DELETED']);
    expect(stream.errors).toEqual([]);
  });

  it('says that 100/100 allows nothing, that it stalls, and times out', async () => {
    await using world = await steady();
    await updateService(world, { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } });
    await registerRevision(world, 'web:2');
    await updateService(world);
    const events = await toTheEnd(world, { timeout: 'PT8M', stallAfter: 'PT2M' });
    expect(events.some(({ type }) => type === 'STALLED')).toBe(true);
    expect(ending(events)).toEqual(['TIMED_OUT', 'TIMEOUT']);
    expect(events.at(-1)?.progress.blockedBy.map(({ reason }) => reason)).toContain('PERCENTAGES_ALLOW_NOTHING');
  });

  it('says that no instance has room', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    await registerInstances(world, 1);
    await createServiceOnInstances(world, { desiredCount: 8 });
    const events = await toTheEnd(world, { timeout: 'PT5M' });
    expect(events.at(-1)?.progress.blockedBy.map(({ reason }) => reason)).toContain('NO_CAPACITY');
    expect(events.at(-1)?.outcome).toBe('TIMED_OUT');
  });

  it('is found by either id, and refused if it does not exist', async () => {
    await using world = await steady();
    const { serviceDeployments } = await world.ecs.send(
      new ListServiceDeploymentsCommand({ cluster: 'prod', service: 'web' }),
    );
    const { services } = await world.ecs.send(new DescribeServicesCommand({ cluster: 'prod', services: ['web'] }));
    const arn = serviceDeployments?.[0]?.serviceDeploymentArn;
    const id = services?.[0]?.deployments?.[0]?.id;
    for (const given of [arn, id, null]) {
      const [only] = await toTheEnd(world, { id: given });
      expect(only).toMatchObject({ outcome: 'SUCCEEDED', progress: { serviceDeploymentArn: arn, deploymentId: id } });
    }
    const refused = { 'ecs-svc/999': 'NOT_FOUND', [`${arn}0`]: 'NOT_FOUND', nonsense: 'BAD_USER_INPUT' };
    for (const [given, code] of Object.entries(refused)) {
      await expect(world.subscribe(QUERY, { id: given })).rejects.toMatchObject({ extensions: { code } });
    }
  });

  it('goes on behind a cursor with the same deployment, though another is the current one by now', async () => {
    await using world = await steady();
    await registerRevision(world, 'web:2');
    await updateService(world);
    const stream = await world.subscribe<Update>(QUERY);
    await stream.leave();
    const [first] = stream.events as [Update];
    await registerRevision(world, 'web:3');
    await updateService(world);
    const again = await world.subscribe<Update>(QUERY, { after: first.cursor });
    await world.until(() => again.isDone);
    expect(ending(again.events)).toEqual(['SUPERSEDED', 'NEWER_DEPLOYMENT']);
    expect(again.events.map(({ progress }) => progress.serviceDeploymentArn)).toEqual(
      again.events.map(() => first.progress.serviceDeploymentArn),
    );
    const parts = JSON.parse(Buffer.from(first.cursor, 'base64url').toString()) as unknown[];
    const forged = (mark: string | undefined) =>
      Buffer.from(JSON.stringify([...parts.slice(0, 4), mark])).toString('base64url');
    const arn = first.progress.serviceDeploymentArn ?? '';
    for (const [mark, code] of [
      [arn.replace('/web/', '/other/'), 'BAD_USER_INPUT'],
      [arn.replace('prod', 'other'), 'BAD_USER_INPUT'],
      [`${arn}0`, 'BAD_USER_INPUT'],
      ['nonsense', 'BAD_USER_INPUT'],
      [undefined, 'BAD_USER_INPUT'],
    ] as const) {
      await expect(world.subscribe(QUERY, { after: forged(mark) })).rejects.toMatchObject({ extensions: { code } });
    }
  });

  it('gives the same at one look, with a cursor that the subscription takes', async () => {
    await using world = await steady();
    await registerRevision(world, 'web:2');
    await updateService(world);
    const { service } = await world.run<{ service: { deploymentProgress: Update } }>(
      `{ service(cluster: "prod", service: "web") { deploymentProgress { ${FIELDS} } } }`,
    );
    expect(service.deploymentProgress).toMatchObject({ type: 'SNAPSHOT', outcome: null });
    const events = await toTheEnd(world, { after: service.deploymentProgress.cursor });
    expect(events[0]?.type).toBe('RESYNC');
    expect(ending(events)).toEqual(['SUCCEEDED', null]);
  });
});
