import { type GraphQLInputObjectType, getNamedType, isNonNullType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { createWorld, type World } from '../support/gateway/world.ts';

/** Writes about a cluster, or about something that no cluster contains. */
const ABOUT_THE_CLUSTER = [
  'associateGatewayWithCluster',
  'deleteCluster',
  'disassociateGatewayFromCluster',
  'putClusterCapacityProviders',
  'updateCluster',
  'updateClusterSettings',
];

describe('the cluster of a write', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    await world.data(`mutation {
      a: createCluster(input: { clusterName: "shop" }) { __typename }
      b: createCluster(input: { clusterName: "default" }) { __typename }
      registerTaskDefinition(input: { family: "web", containerDefinitions: [{ name: "app", image: "nginx", memory: 128 }] }) { __typename }
      createService(input: { cluster: "shop", serviceName: "sets", deploymentController: { type: EXTERNAL }, desiredCount: 1 }) { __typename }
    }`);
  });
  afterAll(() => world.dispose());

  it('is required only where the write is about the cluster', () => {
    const mutations = Object.values(sharedSchema().getMutationType()?.getFields() ?? {});
    const requiring = mutations.flatMap(({ name, args }) => {
      const input = args.find((arg) => arg.name === 'input');
      const members = input && (getNamedType(input.type) as GraphQLInputObjectType).getFields();
      const clusters = [args.find((arg) => arg.name === 'cluster'), members?.cluster, members?.clusterArn];
      return clusters.some((cluster) => cluster !== undefined && isNonNullType(cluster.type)) ? [name] : [];
    });
    expect(requiring.toSorted()).toEqual(ABOUT_THE_CLUSTER);
  });

  it('follows from ids and ARNs, in the writes for which ECS requires it too', async () => {
    const { service } = await world.data<{ service: { id: string; serviceArn: string } }>(
      '{ service(cluster: "shop", service: "sets") { id serviceArn } }',
    );
    const { createTaskSet } = await world.data<{ createTaskSet: { taskSet: { id: string; taskSetArn: string } } }>(
      `mutation { createTaskSet(input: { service: "${service.id}", taskDefinition: "web", scale: { unit: PERCENT, value: 50 } }) { taskSet { id taskSetArn } } }`,
    );
    const { id, taskSetArn } = createTaskSet.taskSet;
    const done = await world.data(`mutation {
      updateTaskSet(input: { service: "${service.serviceArn}", taskSet: "${id}", scale: { unit: PERCENT, value: 100 } }) { taskSet { scale { value } } }
      updateServicePrimaryTaskSet(input: { service: "sets", primaryTaskSet: "${taskSetArn}" }) { taskSet { status } }
    }`);
    const { createTaskSet: second } = await world.data<{ createTaskSet: { taskSet: { id: string } } }>(
      `mutation { createTaskSet(input: { service: "${service.serviceArn}", taskDefinition: "web" }) { taskSet { id } } }`,
    );
    const deleted = await world.data(
      `mutation { deleteTaskSet(input: { service: "sets", taskSet: "${second.taskSet.id}", force: true }) { taskSet { id } } }`,
    );
    expect(deleted).toEqual({ deleteTaskSet: { taskSet: { id: second.taskSet.id } } });
    expect(done).toEqual({
      updateTaskSet: { taskSet: { scale: { value: 100 } } },
      updateServicePrimaryTaskSet: { taskSet: { status: 'PRIMARY' } },
    });
    const task = `arn:aws:ecs:eu-west-1:123456789012:task/shop/${'0'.repeat(32)}`;
    const { updateTaskProtection } = await world.data<{ updateTaskProtection: { failures: object[] } }>(
      `mutation { updateTaskProtection(input: { tasks: ["${task}"], protectionEnabled: true }) { failures { arn reason } } }`,
    );
    expect(updateTaskProtection.failures).toEqual([{ arn: task, reason: 'MISSING' }]);
  });

  it('is "default" where names alone say nothing of it, and errors name it', async () => {
    const { errors } = await world.query(
      'mutation { updateTaskSet(input: { service: "sets", taskSet: "ecs-svc/1", scale: { value: 1 } }) { taskSet { id } } }',
    );
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('looked in cluster "default"'),
      extensions: { code: 'NOT_FOUND', argument: 'input.service' },
    });
  });
});
