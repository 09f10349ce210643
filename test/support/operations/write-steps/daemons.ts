import { expect } from 'vitest';
import { cluster, ROLE, step, type WriteStep } from './step.ts';

/** The same about daemons, gateways and express services, after those about services. */
export const DAEMONS_STEPS: readonly WriteStep[] = [
  step(
    'RegisterDaemonTaskDefinition',
    { family: 'agent', containerDefinitions: [{ name: 'main', image: 'web:1', memory: 128 }] },
    '{ daemonTaskDefinition { daemonTaskDefinitionArn } }',
    {
      daemonTaskDefinition: { daemonTaskDefinitionArn: expect.stringContaining('agent:1') },
    },
  ),
  step(
    'RegisterDaemonTaskDefinition',
    { family: 'agent', containerDefinitions: [{ name: 'main', image: 'web:2', memory: 128 }] },
    '{ daemonTaskDefinition { daemonTaskDefinitionArn } }',
    {
      daemonTaskDefinition: { daemonTaskDefinitionArn: expect.stringContaining('agent:2') },
    },
    {
      keep: { agent: 'daemonTaskDefinition.daemonTaskDefinitionArn' },
    },
  ),
  step(
    'CreateDaemon',
    { daemonName: 'monitor', clusterArn: cluster, daemonTaskDefinitionArn: 'agent:1', capacityProviderArns: ['own'] },
    '{ daemon { daemonArn status } }',
    {
      daemon: { status: 'ACTIVE' },
    },
    {
      calls: 2,
      keep: { daemon: 'daemon.daemonArn' },
      minutes: 5,
    },
  ),
  step(
    'UpdateDaemon',
    (made) => ({ daemonArn: made.daemon, daemonTaskDefinitionArn: made.agent, capacityProviderArns: ['own'] }),
    '{ daemon { daemonArn } }',
    (made) => ({
      daemon: { daemonArn: made.daemon },
    }),
  ),
  step(
    'DeleteDaemon',
    (made) => ({ daemonArn: made.daemon }),
    '{ daemon { daemonArn } }',
    (made) => ({ daemon: { daemonArn: made.daemon } }),
    { calls: 2 },
  ),
  step(
    'DeleteDaemonTaskDefinition',
    { daemonTaskDefinition: 'agent:2' },
    '{ daemonTaskDefinition { daemonTaskDefinitionArn } }',
    {
      daemonTaskDefinition: { daemonTaskDefinitionArn: expect.stringContaining('agent:2') },
    },
  ),
  step(
    'CreateGateway',
    { name: 'edge', infrastructureRoleArn: ROLE, configuration: { hostSharedAlb: {} } },
    '{ gateway { name gatewayArn } }',
    { gateway: { name: 'edge' } },
    { calls: 2, keep: { gateway: 'gateway.gatewayArn' } },
  ),
  step('UpdateGateway', { gateway: 'edge', deletionProtection: false }, '{ gateway { name } }', {
    gateway: { name: 'edge' },
  }),
  step('AssociateGatewayWithCluster', { gateway: 'edge', cluster }, '{ status }', { status: 'ACTIVE' }),
  step('DisassociateGatewayFromCluster', { gateway: 'edge', cluster }, '{ status }', { status: 'INACTIVE' }),
  step('DeleteGateway', (made) => ({ gateway: made.gateway }), '{ gateway { name } }', { gateway: { name: 'edge' } }),
  step(
    'CreateExpressGatewayService',
    {
      cluster,
      serviceName: 'express',
      infrastructureRoleArn: ROLE,
      executionRoleArn: ROLE,
      primaryContainer: { image: 'web:1' },
    },
    '{ service { serviceArn serviceName } }',
    { service: { serviceName: 'express' } },
    {
      keep: { express: 'service.serviceArn' },
      minutes: 20,
    },
  ),
  step(
    'UpdateExpressGatewayService',
    (made) => ({ serviceArn: made.express, primaryContainer: { image: 'web:2' } }),
    '{ service { serviceArn } }',
    (made) => ({
      service: { serviceArn: made.express },
    }),
  ),
  step(
    'DeleteExpressGatewayService',
    (made) => ({ serviceArn: made.express }),
    '{ service { serviceArn } }',
    (made) => ({ service: { serviceArn: made.express } }),
  ),
  step(
    'DeleteCapacityProvider',
    { capacityProvider: 'own' },
    '{ capacityProvider { name } }',
    { capacityProvider: { name: 'own' } },
    { calls: 2 },
  ),
  step('CreateCluster', { clusterName: 'spare' }, '{ cluster { clusterName } }', { cluster: { clusterName: 'spare' } }),
  step(
    'DeleteCluster',
    { cluster: 'spare' },
    '{ cluster { status } }',
    { cluster: { status: 'INACTIVE' } },
    { calls: 2 },
  ),
];
