import { DeleteDaemonCommand, UpdateDaemonCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createDaemon, definition } from '../support/daemon-setting.ts';
import { type LiveWorld, liveWorld, type Stream } from '../support/live-world.ts';
import { control } from '../support/setting.ts';

interface Update {
  readonly type: string;
  readonly cursor: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly progress: { readonly percent: number; readonly ending: { readonly cause: string | null } | null };
}

const QUERY = `subscription ($arn: ID!, $after: String) { daemonDeploymentProgress(daemonDeploymentArn: $arn, after: $after) {
  type cursor outcome summary progress { percent runningInstanceCount sourceRunningInstanceCount ending { cause reason } } } }`;

async function update(world: LiveWorld, daemonArn: string, image: string): Promise<string> {
  const daemonTaskDefinitionArn = await definition(world, image);
  const input = { daemonArn, daemonTaskDefinitionArn, capacityProviderArns: ['own'] };
  return (await world.ecs.send(new UpdateDaemonCommand(input))).deploymentArn ?? '';
}

/** The content of the last event, once there is one. */
async function end(world: LiveWorld, stream: Stream<Update>) {
  await world.until(() => stream.isDone, 7_200_000);
  expect(stream.errors).toEqual([]);
  const percents = stream.events.map(({ progress }) => progress.percent);
  const last = stream.events.at(-1);
  expect(stream.events.filter(({ outcome }) => outcome !== null)).toHaveLength(1);
  return { outcome: last?.outcome, cause: last?.progress.ending?.cause, summary: last?.summary, percents };
}

describe('daemonDeploymentProgress, end to end', () => {
  it('follows a success, and one that is rolled back by its circuit breaker', async () => {
    await using world = await liveWorld();
    const { daemonArn, arn } = await createDaemon(world);
    const first = await end(world, await world.subscribe<Update>(QUERY, { arn }));
    expect(first).toMatchObject({ outcome: 'SUCCEEDED', cause: null });
    expect(first.percents.at(-1)).toBe(100);
    expect(first.summary).toMatch(/^daemon logs in prod: deployment succeeded after \d+ (s|min)/);

    // An end is reported when a second poll, some seconds later, has confirmed it.
    world.sandbox.resetCalls();
    const over = await world.subscribe<Update>(QUERY, { arn });
    await world.pass(4_000);
    expect([over.events, world.sandbox.calls()]).toEqual([[], { DescribeDaemonDeployments: 2 }]);
    await world.pass(2_000);
    expect(over.events).toMatchObject([{ type: 'ENDED', outcome: 'SUCCEEDED' }]);
    expect(world.sandbox.calls()).toEqual({ DescribeDaemonDeployments: 3 });

    const broken = await update(world, daemonArn, 'sandbox/exit:1');
    const second = await end(world, await world.subscribe<Update>(QUERY, { arn: broken }));
    expect(second).toMatchObject({ outcome: 'ROLLED_BACK', cause: 'CIRCUIT_BREAKER' });
    expect(second.summary).toMatch(
      /^daemon logs in prod: deployment was rolled back after .*: the circuit breaker tripped/,
    );
  });

  it('says that it failed where there is nothing to go back to', async () => {
    await using world = await liveWorld();
    const { arn } = await createDaemon(world, 'sandbox/exit:1');
    expect(await end(world, await world.subscribe<Update>(QUERY, { arn }))).toMatchObject({
      cause: 'CIRCUIT_BREAKER',
      outcome: expect.stringMatching(/^(FAILED|ROLLBACK_FAILED)$/),
    });
  });

  it('distinguishes one that was replaced from one that ended with its daemon', async () => {
    await using world = await liveWorld();
    const { daemonArn, arn } = await createDaemon(world);
    await world.pass(4_000);
    const stream = await world.subscribe<Update>(QUERY, { arn });
    const newer = await update(world, daemonArn, 'agent:2');
    expect(await end(world, stream)).toMatchObject({
      outcome: 'SUPERSEDED',
      cause: 'NEWER_DEPLOYMENT',
      summary: expect.stringMatching(/^daemon logs in prod: deployment was superseded by a newer one/),
    });
    const second = await world.subscribe<Update>(QUERY, { arn: newer });
    await world.ecs.send(new DeleteDaemonCommand({ daemonArn }));
    expect(await end(world, second)).toMatchObject({ outcome: 'SERVICE_DELETED' });
  });

  it('says that one was stopped, in the words of ECS, where we may not ask by what', async () => {
    await using world = await liveWorld();
    const { daemonArn, arn } = await createDaemon(world);
    await world.pass(4_000);
    const operations = ['DescribeDaemon', 'ListDaemonDeployments'];
    const refusal = { fault: 'error', code: 'AccessDeniedException', message: 'You are not authorized.' };
    await control(world, 'faults', { rules: [{ operations, ...refusal }] });
    const stream = await world.subscribe<Update>(QUERY, { arn });
    await update(world, daemonArn, 'agent:2');
    world.sandbox.resetCalls();
    expect(await end(world, stream)).toMatchObject({
      outcome: 'STOPPED',
      cause: 'UNKNOWN',
      summary: expect.stringMatching(
        /^daemon logs in prod: deployment was stopped after .*: A newer daemon deployment was started/,
      ),
    });
    expect(stream.events.map(({ type }) => type)).not.toContain('DEGRADED');
    // The daemon is described once, at the end.
    expect(world.sandbox.calls()).toMatchObject({ DescribeDaemon: 1 });
    expect(world.timers.pending).toBe(0);
  });

  it('goes on behind a cursor of another process, and costs one call a look', async () => {
    await using world = await liveWorld();
    const { arn } = await createDaemon(world);
    const before = await world.subscribe<Update>(QUERY, { arn });
    await before.leave();
    world.restart();
    world.sandbox.resetCalls();
    const after = await world.subscribe<Update>(QUERY, { arn, after: before.events[0]?.cursor });
    expect(after.events.map(({ type }) => type)).toEqual(['RESYNC']);
    expect(await end(world, after)).toMatchObject({ outcome: 'SUCCEEDED' });
    expect(Object.keys(world.sandbox.calls())).toEqual(['DescribeDaemonDeployments']);
    await expect(world.subscribe(QUERY, { arn: `${arn}0` })).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
  });
});
