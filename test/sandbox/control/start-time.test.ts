import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ListClustersCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { registerTaskDefinition } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const HOUR = 3600_000;

async function post(
  { sandbox }: SandboxUnderTest,
  path: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, { method: 'POST' });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the start of virtual time', () => {
  it.each([1, 10, 100])('is early enough at speed %d to stay behind real time for a working day', async (speed) => {
    const before = Date.now();
    const sandbox = await startSandbox({ speed });
    const behind = before - sandbox.clock.now();
    await sandbox.close();
    // The gain of virtual time on real time in ten hours, but for the moments that this test takes.
    expect(behind).toBeGreaterThan((speed - 1) * 10 * HOUR - 10_000 * speed);
    expect(behind).toBeLessThanOrEqual((speed - 1) * 10 * HOUR + 1);
  });

  it('is given as a moment, or as now', async () => {
    await using s = await withSandbox({ start: '2026-01-02T03:04:05Z' });
    expect(s.sandbox.clock.now()).toBe(Date.parse('2026-01-02T03:04:05Z'));
    const before = Date.now();
    await using now = await withSandbox({ start: 'now' });
    expect(now.sandbox.clock.now() - before).toBeGreaterThanOrEqual(0);
    await expect(withSandbox({ start: 'yesterday' })).rejects.toThrow(/must be now, past or a time such as/);
  });

  it('comes again with a reset, however far time has gone', async () => {
    await using s = await withSandbox({ start: '2026-01-02T03:04:05Z' });
    s.sandbox.clock.advance(96 * HOUR);
    const { body } = await post(s, 'reset');
    expect(body).toEqual({ seed: 'empty', randomSeed: 1, now: '2026-01-02T03:04:05.000Z' });
    expect(s.sandbox.clock.now()).toBe(Date.parse('2026-01-02T03:04:05Z'));
  });

  it('and the random seed can be given to a reset; bad ones are refused', async () => {
    await using s = await withSandbox();
    const { body } = await post(s, 'reset?start=2025-05-06T07:08:09Z&randomSeed=77&seed=empty');
    expect(body).toEqual({ seed: 'empty', randomSeed: 77, now: '2025-05-06T07:08:09.000Z' });
    for (const query of [
      'start=tomorrow',
      'start=2025-05-06',
      'randomSeed=-1',
      'randomSeed=1.5',
      'randomSeed=4294967296',
    ]) {
      const { status, body: refusal } = await post(s, `reset?${query}`);
      expect([query, status, refusal.error]).toEqual([query, 400, expect.stringContaining('must be')]);
    }
  });
});

/** The ids and times of one service, which depend on chance and on the start. */
async function serviceOf(s: SandboxUnderTest): Promise<unknown> {
  await s.ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  const taskDefinition = await registerTaskDefinition(s, { fargate: true });
  const network = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
  await s.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition,
      desiredCount: 3,
      launchType: 'FARGATE',
      networkConfiguration: network,
    }),
  );
  s.sandbox.clock.advance(120_000);
  const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
  return services?.[0]?.events;
}

it('the same random seed and start give the same ids and times after a reset, another seed gives others', async () => {
  await using s = await withSandbox({ randomSeed: 5 });
  const first = await serviceOf(s);
  await post(s, 'reset');
  expect(await serviceOf(s)).toEqual(first);
  await post(s, 'reset?randomSeed=6');
  expect(await serviceOf(s)).not.toEqual(first);
  s.sandbox.reset({ randomSeed: 5 });
  expect(await serviceOf(s)).toEqual(first);
});

it('a cluster called default is there only if it is asked for, and comes back with a reset', async () => {
  await using without = await withSandbox();
  expect((await without.ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  await using s = await withSandbox({ defaultCluster: true });
  const clusters = ['arn:aws:ecs:eu-west-1:123456789012:cluster/default'];
  expect((await s.ecs.send(new ListClustersCommand({}))).clusterArns).toEqual(clusters);
  await post(s, 'reset');
  expect((await s.ecs.send(new ListClustersCommand({}))).clusterArns).toEqual(clusters);
});
