import { describe, expect, it } from 'vitest';
import { homeOf } from '../../../src/ecs/core/describe-specs.ts';
import { IN_ARNS, knownFromArn, ownerOf } from '../../../src/schema/graph/entity.ts';
import { ARNS } from '../../support/ecs/one-of-each.ts';

const { Cluster: clusterArn, Service: serviceArn, Daemon: daemonArn } = ARNS;
const OLD_TASK = 'arn:aws:ecs:eu-west-1:123456789012:task/6f3a3a3c-0000-4000-8000-000000000000';

describe('the members in an ARN', () => {
  it.each([
    ['Cluster', { clusterArn, clusterName: 'prod' }],
    ['Service', { serviceArn, serviceName: 'web', clusterArn }],
    ['Task', { taskArn: ARNS.Task, clusterArn }],
    ['ContainerInstance', { containerInstanceArn: ARNS.ContainerInstance, clusterArn }],
    ['TaskDefinition', { taskDefinitionArn: ARNS.TaskDefinition, family: 'web', revision: 2 }],
    ['CapacityProvider', { capacityProviderArn: ARNS.CapacityProvider, name: 'spot' }],
    ['ServiceDeployment', { serviceDeploymentArn: ARNS.ServiceDeployment, serviceArn, clusterArn }],
    ['ServiceRevision', { serviceRevisionArn: ARNS.ServiceRevision, serviceArn, clusterArn }],
    ['TaskSet', { taskSetArn: ARNS.TaskSet, id: 'ecs-svc/2222222222222222222', serviceArn, clusterArn }],
    ['Daemon', { daemonArn, clusterArn }],
    ['DaemonDeployment', { daemonDeploymentArn: ARNS.DaemonDeployment, clusterArn }],
    ['DaemonRevision', { daemonRevisionArn: ARNS.DaemonRevision, daemonArn, clusterArn }],
    ['DaemonTaskDefinition', { daemonTaskDefinitionArn: ARNS.DaemonTaskDefinition, family: 'agent', revision: 1 }],
    ['ExpressGatewayService', { serviceArn, serviceName: 'web', cluster: 'prod' }],
    ['Gateway', { gatewayArn: ARNS.Gateway, name: 'edge' }],
    ['GatewayRoute', { gatewayRouteArn: ARNS.GatewayRoute }],
  ] as const)('of a %s', (kind, known) => {
    expect(knownFromArn(kind, { arn: ARNS[kind] })).toEqual(known);
    expect(Object.keys(known).filter((member) => !IN_ARNS.has(member))).toEqual([]);
  });

  it('is only the name where it is a name', () => {
    expect(knownFromArn('Cluster', { arn: 'prod' })).toEqual({ clusterName: 'prod' });
    expect(knownFromArn('CapacityProvider', { arn: 'spot' })).toEqual({ name: 'spot' });
  });

  it('is completed by the cluster where it is an old one', () => {
    expect(knownFromArn('Task', { arn: OLD_TASK })).toEqual({ taskArn: OLD_TASK });
    expect(knownFromArn('Task', { arn: OLD_TASK, clusterArn })).toEqual({ taskArn: OLD_TASK, clusterArn });
  });

  it('names the owner of deployments, revisions and task sets', () => {
    expect(ownerOf(ARNS.DaemonDeployment)).toEqual({ daemonArn });
    expect(ownerOf(ARNS.TaskSet)).toEqual({ serviceArn });
    expect(ownerOf(ARNS.Service)).toEqual({});
  });
});

describe('where ECS looks for a thing', () => {
  it.each([
    ['Service', serviceArn, undefined, 'prod'],
    ['Task', OLD_TASK, clusterArn, 'prod'],
    ['Task', OLD_TASK, undefined, undefined],
    ['TaskSet', ARNS.TaskSet, undefined, 'prod/web'],
    ['ServiceDeployment', ARNS.ServiceDeployment, undefined, undefined],
    ['Daemon', daemonArn, clusterArn, undefined],
  ] as const)('a %s %s (cluster %s): %s', (kind, arn, cluster, home) => {
    expect(homeOf(kind, arn, cluster)).toBe(home);
  });
});
