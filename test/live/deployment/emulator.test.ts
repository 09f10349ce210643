import { expect, it } from 'vitest';
import { createFakeWorld, FakeException, FakePage } from '../../support/ecs/fake-ecs.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
const createdAt = 1_700_000_000;
const service = {
  serviceArn: `${ARN}:service/derp/web`,
  serviceName: 'web',
  clusterArn: `${ARN}:cluster/derp`,
  status: 'ACTIVE',
  desiredCount: 2,
  runningCount: 1,
  deployments: [
    { id: 'ecs-svc/1', status: 'PRIMARY', desiredCount: 2, runningCount: 1, createdAt, updatedAt: createdAt },
  ],
};

it.each([
  ['shows a page', () => new FakePage()],
  ['says so', () => new FakeException('UnknownOperationException')],
])(
  'a deployment is followed by the service alone where an emulator lacks the others and %s',
  async (_name, missing) => {
    await using world = await createFakeWorld((operation) => {
      switch (operation) {
        case 'DescribeServices':
          return { services: [service], failures: [] };
        case 'ListTasks':
          return { taskArns: [] };
        default:
          throw missing();
      }
    });
    const { data, errors } = await world.query(
      '{ service(cluster: "derp", service: "web") { deploymentProgress { summary outcome progress { deploymentId } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      service: {
        deploymentProgress: { summary: expect.stringContaining('web'), outcome: null },
      },
    });
    expect(world.counts()).toHaveProperty('ListServiceDeployments');
  },
);
