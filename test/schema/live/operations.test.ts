import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import type { GraphQLObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { liveWorld } from '../../live/support/live-world.ts';
import {
  createCluster,
  createService,
  createServiceOnInstances,
  registerInstances,
  registerRevision,
  runTask,
  setStatus,
  updateService,
} from '../../live/support/setting.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

const schema = sharedSchema();

function named(type: GraphQLObjectType | null | undefined, field: string): string[] {
  return [...((type?.getFields()[field]?.extensions.operations ?? []) as string[])].sort();
}

describe('what follows things live', () => {
  it('names what it calls, as every subscription does', () => {
    const silent = Object.keys(schema.getSubscriptionType()?.getFields() ?? {}).filter(
      (field) => named(schema.getSubscriptionType(), field).length === 0,
    );
    expect(silent).toEqual([]);
  });

  it.each([
    ['deploymentProgress', '(cluster: "prod", service: "web") { summary }'],
    ['drainProgress', '(cluster: "prod") { summary }'],
    ['serviceEvents', '(cluster: "prod", service: "web") { summary }'],
    ['clusterEvents', '{ summary }'],
    ['deployments', '{ summary }'],
    ['drains', '{ summary }'],
  ])('%s calls all of that, and nothing else', async (field, rest) => {
    await using world = await liveWorld();
    await createCluster(world);
    const instances = await registerInstances(world, 3);
    await createServiceOnInstances(world);
    await createService(world, {
      serviceName: 'old',
      launchType: 'EC2',
      networkConfiguration: undefined,
      desiredCount: 1,
    });
    await world.pass(150_000);
    await registerRevision(world, 'web:2', { networkMode: 'bridge', requiresCompatibilities: ['EC2'] });
    await updateService(world);
    await setStatus(world, instances.slice(0, 1), 'DRAINING');
    world.sandbox.resetCalls();
    const target = await world.subscribe(`subscription { ${field} ${rest} }`);
    await world.pass(20_000);
    await updateService(world, { service: 'old', taskDefinition: 'web' });
    await world.pass(200_000);
    await target.leave();
    // A feed looks up the clusters that it is given, and lists them where it is given none.
    if (rest === '{ summary }')
      await (await world.subscribe(`subscription { ${field}(clusters: ["prod"]) ${rest} }`)).leave();
    // An older id than the current one is looked up in the list of service deployments.
    if (field === 'deploymentProgress') {
      const input = { cluster: 'prod', services: ['web'] };
      const { services } = await world.ecs.send(new DescribeServicesCommand(input));
      const id = services?.[0]?.deployments?.[0]?.id;
      await world.subscribe(
        `subscription { ${field}(cluster: "prod", service: "web", deploymentId: "${id}") { summary } }`,
      );
    }
    const { UpdateService: _, ...calls } = world.sandbox.calls();
    expect(Object.keys(calls).sort()).toEqual(named(schema.getSubscriptionType(), field));
  });

  it('calls for one look, and to drain, what it says too', async () => {
    await using world = await liveWorld();
    await createCluster(world);
    const [one = '', ...others] = await registerInstances(world, 3);
    await createServiceOnInstances(world);
    const task = await runTask(world, { launchType: 'EC2' });
    await world.pass(150_000);
    const called = async (document: string) => {
      world.sandbox.resetCalls();
      await world.run(document);
      return Object.keys(world.sandbox.calls()).sort();
    };
    const { Query: query, Mutation: mutation } = schema.getTypeMap() as Record<string, GraphQLObjectType>;
    const list = JSON.stringify([one, ...others]);
    expect(await called(`{ drainForecast(cluster: "prod", containerInstances: ${list}) { summary } }`)).toEqual(
      named(query, 'drainForecast'),
    );
    expect(
      await called(
        `mutation { drainContainerInstances(input: { cluster: "prod", containerInstances: ["${one}"] }) { failedInstanceCount } }`,
      ),
    ).toEqual(named(mutation, 'drainContainerInstances'));
    const looks =
      await called(`{ containerInstance(cluster: "prod", containerInstance: "${one}") { drainProgress { summary } }
      service(cluster: "prod", service: "web") { deploymentProgress { summary } }
      task(cluster: "prod", task: "${task}") { ending { verdict } } }`);
    const ofNouns = [
      ...named(schema.getType('ContainerInstance') as GraphQLObjectType, 'drainProgress'),
      ...named(schema.getType('Service') as GraphQLObjectType, 'deploymentProgress'),
      ...named(schema.getType('Task') as GraphQLObjectType, 'ending'),
    ];
    expect(
      looks.filter((operation) => operation !== 'DescribeContainerInstances').every((o) => ofNouns.includes(o)),
    ).toBe(true);
  });
});
