import { isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { consoleUrl, familyUrl } from '../../../src/schema/computed/console-url.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { createWorld } from '../../support/gateway/world.ts';

const AWS = 'arn:aws:ecs:eu-west-1:123456789012';
const BASE = 'https://eu-west-1.console.aws.amazon.com/ecs/v2';
const END = '?region=eu-west-1';

describe('consoleUrl', () => {
  it.each([
    ['Cluster', `${AWS}:cluster/shop`, `${BASE}/clusters/shop/services${END}`],
    ['Service', `${AWS}:service/shop/cart`, `${BASE}/clusters/shop/services/cart/health${END}`],
    ['Task', `${AWS}:task/shop/0af1`, `${BASE}/clusters/shop/tasks/0af1/configuration${END}`],
    ['TaskDefinition', `${AWS}:task-definition/cart:7`, `${BASE}/task-definitions/cart/7${END}`],
    [
      'ContainerInstance',
      `${AWS}:container-instance/shop/0af1`,
      `${BASE}/clusters/shop/infrastructure/container-instances/0af1${END}`,
    ],
    [
      'ServiceDeployment',
      `${AWS}:service-deployment/shop/cart/Ab1`,
      `${BASE}/clusters/shop/services/cart/deployments/Ab1${END}`,
    ],
    ['ExpressGatewayService', `${AWS}:service/shop/cart`, `${BASE}/clusters/shop/services/cart/health${END}`],
    ['ServiceRevision', `${AWS}:service/shop/cart`, `${BASE}/clusters/shop/services/cart/deployments${END}`],
    ['TaskSet', `${AWS}:service/shop/cart`, `${BASE}/clusters/shop/services/cart/deployments${END}`],
  ] as const)('is the page of a %s, or the one that shows it', (noun, arn, url) => {
    expect(consoleUrl(noun, arn)).toBe(url);
  });

  it.each([
    ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/ecs/v2/clusters/shop/services?region=cn-north-1'],
    [
      'aws-us-gov',
      'us-gov-west-1',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/ecs/v2/clusters/shop/services?region=us-gov-west-1',
    ],
    ['aws-iso', 'us-iso-east-1', null],
  ])('follows the partition %s', (partition, region, url) => {
    expect(consoleUrl('Cluster', `arn:${partition}:ecs:${region}:123456789012:cluster/shop`)).toBe(url);
  });

  it.each([
    ['eu-west-1', `${BASE}/task-definitions/cart${END}`],
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/ecs/v2/task-definitions/cart?region=cn-north-1'],
    ['us-iso-east-1', null],
  ])('of a family in %s is the list of its revisions', (region, url) => {
    expect(familyUrl('cart', region)).toBe(url);
  });

  it('takes the cluster of an old ARN from beside it', () => {
    expect(consoleUrl('Service', `${AWS}:service/cart`, `${AWS}:cluster/shop`)).toBe(
      `${BASE}/clusters/shop/services/cart/health${END}`,
    );
  });

  it('is null in front of the sandbox, and costs no call beside the look-up', async () => {
    const world = await createWorld();
    const { data, calls } = await world.count(
      '{ service(cluster: "storefront", service: "cart") { consoleUrl cluster { consoleUrl } taskDefinition { consoleUrl } } }',
    );
    expect(data).toEqual({
      service: { consoleUrl: null, cluster: { consoleUrl: null }, taskDefinition: { consoleUrl: null } },
    });
    expect(calls).toEqual({ DescribeServices: 1 });
    await world.dispose();
  });

  it('is a field of every node that the console shows', () => {
    const nodes = Object.values(sharedSchema().getTypeMap()).filter(
      (type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'),
    );
    const without = nodes.filter((type) => isObjectType(type) && type.getFields().consoleUrl === undefined);
    // No document shows an address of a page for these.
    expect(without.map(({ name }) => name).sort()).toEqual([
      'CapacityProvider',
      'Daemon',
      'DaemonDeployment',
      'DaemonRevision',
      'DaemonTaskDefinition',
      'Gateway',
      'GatewayRoute',
    ]);
  });
});
