import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld({ seed: 'empty' });
});
afterEach(() => world.dispose());

const QUERY = '{ cluster(cluster: "void") { status services { nodes { status } pageInfo { hasNextPage } } } }';
const EMPTY = { cluster: { status: 'ACTIVE', services: { nodes: [], pageInfo: { hasNextPage: false } } } };

it('a cluster that reports no services needs no list of them', async () => {
  const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
  const client = new ECSClient({ region: 'eu-west-1', endpoint: world.sandbox.url, credentials });
  await client.send(new CreateClusterCommand({ clusterName: 'void' }));
  client.destroy();
  expect(await world.count(QUERY)).toMatchObject({ data: EMPTY, calls: { DescribeClusters: 1 } });
  expect((await world.count(QUERY)).calls).not.toHaveProperty('ListServices');
});

it('unless it was written to a moment ago, when its counts may lag', async () => {
  await world.query('mutation { createCluster(input: { clusterName: "void" }) { cluster { clusterName } } }');
  await world.query(
    'mutation { putClusterCapacityProviders(input: { cluster: "void", capacityProviders: [], defaultCapacityProviderStrategy: [] }) { __typename } }',
  );
  expect(await world.count(QUERY)).toMatchObject({ data: EMPTY, calls: { DescribeClusters: 1, ListServices: 1 } });
});
