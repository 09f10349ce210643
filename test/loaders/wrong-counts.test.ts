import { expect, it } from 'vitest';
import { createFakeWorld } from '../support/ecs/fake-ecs.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
const clusterArn = `${ARN}:cluster/derp`;
const serviceArn = `${ARN}:service/derp/web`;

it('the services of a cluster are those that ECS lists, whatever the cluster counts', async () => {
  await using world = await createFakeWorld((operation) => {
    switch (operation) {
      case 'ListClusters':
        return { clusterArns: [clusterArn] };
      case 'DescribeClusters': {
        const counts = { activeServicesCount: 0, runningTasksCount: 0, pendingTasksCount: 0 };
        return { clusters: [{ clusterArn, clusterName: 'derp', status: 'ACTIVE', ...counts }] };
      }
      case 'ListServices':
        return { serviceArns: [serviceArn] };
      default:
        return { taskArns: [`${ARN}:task/derp/0123456789abcdef0123456789abcdef`] };
    }
  });
  const { data, errors } = await world.query(
    '{ clusters { nodes { status activeServicesCount services { nodes { serviceName } } tasks { nodes { taskArn } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    clusters: {
      nodes: [
        {
          activeServicesCount: 0,
          services: { nodes: [{ serviceName: 'web' }] },
          tasks: { nodes: [{ taskArn: expect.stringContaining('0123456789abcdef') }] },
        },
      ],
    },
  });
  expect(world.counts()).toEqual({ ListClusters: 1, DescribeClusters: 1, ListServices: 1, ListTasks: 1 });
});
