import { expect, it } from 'vitest';
import { FleetSizes } from '../../../src/ecs/lists/fleet-sizes.ts';

const arn = (name: string) => `arn:aws:ecs:eu-west-1:123456789012:cluster/${name}`;
const described = (name: string, activeServicesCount: number) => ({
  clusterArn: arn(name),
  status: 'ACTIVE',
  activeServicesCount,
  runningTasksCount: 2 * activeServicesCount,
  pendingTasksCount: 1,
  registeredContainerInstancesCount: 4,
});

it('sizes are known once all clusters were listed and described, and no longer when one is new', () => {
  const sizes = new FleetSizes();
  expect(sizes.read()).toEqual({});
  sizes.observe('DescribeClusters', {}, { clusters: [described('a', 3)] });
  expect(sizes.read()).toEqual({});
  sizes.observe('ListClusters', {}, { clusterArns: [arn('a'), arn('b')] });
  expect(sizes.read()).toEqual({ clusters: 2 });
  sizes.observe('DescribeClusters', {}, { clusters: [described('b', 5)] });
  expect(sizes.read()).toEqual({ clusters: 2, services: 5, tasks: 11, containerInstances: 4 });
  sizes.observe('ListClusters', {}, { clusterArns: [arn('a'), arn('b'), arn('c')] });
  expect(sizes.read()).toEqual({ clusters: 3 });
});

it('a list of several pages is not counted, and a deleted cluster is forgotten', () => {
  const sizes = new FleetSizes();
  sizes.observe('ListClusters', {}, { clusterArns: [arn('a')], nextToken: 'more' });
  expect(sizes.read()).toEqual({});
  sizes.observe('ListClusters', { nextToken: 'more' }, { clusterArns: [arn('b')] });
  expect(sizes.read()).toEqual({});
  sizes.observe('DescribeClusters', {}, { clusters: [described('a', 9)] });
  sizes.observe(
    'DescribeClusters',
    {},
    { clusters: [{ ...described('a', 9), status: 'INACTIVE' }, described('b', 1)] },
  );
  sizes.observe('ListClusters', {}, { clusterArns: [arn('b')] });
  expect(sizes.read()).toEqual({ clusters: 1, services: 1, tasks: 3, containerInstances: 4 });
});
