import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LiveWorld, liveWorld } from '../../live/support/live-world.ts';
import { createCluster, createService, registerInstances, registerRevision } from '../../live/support/setting.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

/** Payloads of writes that start something, and the subscription that follows it. */
const FOLLOWED: Readonly<Record<string, string>> = {
  ContinueServiceDeploymentPayload: 'deploymentProgress',
  CreateDaemonPayload: 'daemonDeploymentProgress',
  CreateServicePayload: 'deploymentProgress',
  DeployImagesPayload: 'deploymentProgress',
  DrainContainerInstancesPayload: 'drainProgress',
  ReplaceContainerInstancesPayload: 'drainProgress',
  RestartServicePayload: 'deploymentProgress',
  RollBackServicePayload: 'deploymentProgress',
  RunJobPayload: 'taskProgress',
  RunTaskPayload: 'taskProgress',
  ScaleServicePayload: 'deploymentProgress',
  StartTaskPayload: 'taskProgress',
  StopServiceDeploymentPayload: 'deploymentProgress',
  UpdateContainerInstancesStatePayload: 'drainProgress',
  UpdateDaemonPayload: 'daemonDeploymentProgress',
  UpdateServicePayload: 'deploymentProgress',
};

interface Event {
  readonly type: string;
  readonly summary: string;
  readonly progress: { readonly serviceDeploymentArn?: string };
}

describe('followCursor', () => {
  let world: LiveWorld;
  let instance = '';
  beforeAll(async () => {
    world = await liveWorld();
    await createCluster(world);
    await registerRevision(world);
    await createService(world);
    [instance = ''] = await registerInstances(world, 1);
    await world.pass(150_000);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const first = async (field: string, args: string, after: string) => {
    const stream = await world.subscribe<Event>(
      `subscription ($after: String) { ${field}(${args}, after: $after) { type summary progress { __typename ${field === 'deploymentProgress' ? 'serviceDeploymentArn' : ''} } } }`,
      { after },
    );
    await world.until(() => stream.events.length > 0);
    await stream.leave();
    return stream.events[0];
  };

  it('is in the payload of every write that starts something to follow, and names its subscription', () => {
    const schema = sharedSchema();
    const found = Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(({ type }) => {
      const payload = schema.getType(String(type).replace('!', ''));
      const field = payload !== undefined && 'getFields' in payload ? payload.getFields().followCursor : undefined;
      return field === undefined
        ? []
        : [[String(type).replace('!', ''), /subscription `(\w+)`/.exec(field.description ?? '')?.[1]]];
    });
    expect(Object.fromEntries(found)).toEqual(FOLLOWED);
  });

  it('of updateService follows the deployment that it started, though a newer one began', async () => {
    const update = `mutation { updateService(input: { cluster: "prod", service: "web", forceNewDeployment: true }) {
      deployment { serviceDeploymentArn status } followCursor } }`;
    const { updateService } = await world.run<{
      updateService: { deployment: { serviceDeploymentArn: string } | null; followCursor: string };
    }>(update);
    expect(updateService.deployment?.serviceDeploymentArn).toMatch(/:service-deployment\/prod\/web\//);
    await world.pass(4_000);
    await world.run(update);
    const event = await first('deploymentProgress', 'cluster: "prod", service: "web"', updateService.followCursor);
    expect(event?.progress.serviceDeploymentArn).toBe(updateService.deployment?.serviceDeploymentArn);
    await world.pass(300_000);
  });

  it('of updateService is null where no deployment is in progress', async () => {
    const { updateService } = await world.run<{ updateService: object }>(
      'mutation { updateService(input: { cluster: "prod", service: "web", desiredCount: 3 }) { deployment { id } followCursor } }',
    );
    expect(updateService).toEqual({ deployment: null, followCursor: null });
  });

  it('of a task, a drain and a stopped deployment is taken by its subscription', async () => {
    const { runTask } = await world.run<{ runTask: { tasks: { id: string }[]; followCursor: string } }>(
      `mutation { runTask(input: { cluster: "prod", taskDefinition: "web", launchType: FARGATE,
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } }) { tasks { id } followCursor } }`,
    );
    const task = await first('taskProgress', `tasks: ["${runTask.tasks[0]?.id}"]`, runTask.followCursor);
    expect(task).toMatchObject({ type: 'RESYNC' });

    const { drainContainerInstances } = await world.run<{ drainContainerInstances: { followCursor: string } }>(
      `mutation { drainContainerInstances(input: { cluster: "prod", containerInstances: ["${instance}"] }) { followCursor } }`,
    );
    const drain = await first('drainProgress', 'cluster: "prod"', drainContainerInstances.followCursor);
    expect(drain?.type).toMatch(/RESYNC|ENDED/);

    const { updateService } = await world.run<{ updateService: { deployment: { serviceDeploymentArn: string } } }>(
      'mutation { updateService(input: { cluster: "prod", service: "web", forceNewDeployment: true }) { deployment { serviceDeploymentArn } } }',
    );
    const { serviceDeploymentArn } = updateService.deployment;
    await world.pass(20_000);
    const { stopServiceDeployment } = await world.run<{ stopServiceDeployment: { followCursor: string } }>(
      `mutation { stopServiceDeployment(input: { serviceDeploymentArn: "${serviceDeploymentArn}" }) { followCursor } }`,
    );
    const stopped = await first(
      'deploymentProgress',
      'cluster: "prod", service: "web"',
      stopServiceDeployment.followCursor,
    );
    expect(stopped?.progress.serviceDeploymentArn).toBe(serviceDeploymentArn);
  });
});
