import { readFileSync } from 'node:fs';
import type { ContainerInstance, Service, ServiceDeployment, TaskDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { CLUSTER_RULES, INSTANCE_RULES, type InstanceFacts } from '../../../src/schema/findings/cluster-rules.ts';
import { type Rule, toEvidence } from '../../../src/schema/findings/finding.ts';
import { ALL_RULES } from '../../../src/schema/findings/read-findings.ts';
import { SERVICE_RULES, type ServiceFacts } from '../../../src/schema/findings/service-rules.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const before = (minutes: number) => new Date(NOW - minutes * 60_000);

type ServiceCase = readonly [
  rule: keyof typeof SERVICE_RULES,
  what: string,
  found: Partial<ServiceFacts>,
  nearest: Partial<ServiceFacts>,
];

const service = (more: Partial<Service> = {}): { readonly service: Service } => ({
  service: {
    status: 'ACTIVE',
    serviceName: 'web',
    desiredCount: 2,
    runningCount: 2,
    deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY', rolloutState: 'COMPLETED', desiredCount: 2, runningCount: 2 }],
    ...more,
  },
});
const rollout = (primary: object, ...others: object[]) =>
  service({ deployments: [{ id: 'ecs-svc/2', status: 'PRIMARY', ...primary }, ...others] });
const moving = { rolloutState: 'IN_PROGRESS', desiredCount: 2, runningCount: 1 } as const;
const containers = (...list: object[]): { readonly definition: TaskDefinition } => ({
  definition: { containerDefinitions: list.map((one) => ({ name: 'web', image: 'web:1', ...one })) },
});
const hook = (minutes: number, status = 'AWAITING_ACTION'): { readonly deployment: ServiceDeployment } => ({
  deployment: { lifecycleHookDetails: [{ hookId: 'h', status, expiresAt: before(-minutes) }] } as ServiceDeployment,
});
const breaker = (enable: boolean, rollback: boolean) =>
  service({ deploymentConfiguration: { deploymentCircuitBreaker: { enable, rollback } } });
const subnets = (...list: string[]) => service({ networkConfiguration: { awsvpcConfiguration: { subnets: list } } });
const logs = (mode: string) => containers({ logConfiguration: { logDriver: 'awslogs', options: { mode } } });

const instance = (more: Partial<ContainerInstance> = {}): ContainerInstance => ({
  ec2InstanceId: 'i-1',
  status: 'ACTIVE',
  agentConnected: true,
  ...more,
});
const room = (cpu: number, memory: number, port?: string) =>
  instance({
    remainingResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: cpu },
      { name: 'MEMORY', type: 'INTEGER', integerValue: memory },
      ...(port === undefined ? [] : [{ name: 'PORTS', type: 'STRINGSET', stringSetValue: [port] }]),
    ],
  });
const onInstances = (more: Partial<Service> = {}, definition: TaskDefinition = {}) => ({
  ...service({ launchType: 'EC2', ...more }),
  definition: { cpu: '256', memory: '512', ...definition },
});

/** For each rule: the facts in which it finds something, and the nearest ones in which it does not. */
const SERVICE_CASES: readonly ServiceCase[] = [
  [
    'DEPLOYMENT_FAILED',
    'a failed deployment',
    rollout({ rolloutState: 'FAILED' }),
    rollout({ rolloutState: 'COMPLETED' }),
  ],
  [
    'DEPLOYMENT_STALLED',
    'ten minutes without a change',
    rollout({ ...moving, updatedAt: before(10) }),
    rollout({ ...moving, updatedAt: before(9) }),
  ],
  [
    'DEPLOYMENT_STALLED',
    'not while it waits as configured',
    rollout({ ...moving, updatedAt: before(30) }),
    { ...rollout({ ...moving, updatedAt: before(30) }), deployment: { lifecycleStage: 'BAKE_TIME' } },
  ],
  [
    'DEPLOYMENT_STALLED',
    'not with all tasks',
    rollout({ ...moving, updatedAt: before(30) }),
    rollout({ ...moving, runningCount: 2, updatedAt: before(30) }),
  ],
  ['UNDER_DESIRED', 'a task that is missing', service({ runningCount: 1 }), service({ runningCount: 2 })],
  ['PAUSE_ENDS_SOON', 'a pause of 15 minutes', { ...service(), ...hook(15) }, { ...service(), ...hook(16) }],
  [
    'PAUSE_ENDS_SOON',
    'not one that was answered',
    { ...service(), ...hook(5) },
    { ...service(), ...hook(5, 'SUCCEEDED') },
  ],
  [
    'TASKS_ON_OLD_REVISION',
    'tasks of an older deployment',
    rollout({ rolloutState: 'COMPLETED' }, { id: 'ecs-svc/1', status: 'ACTIVE', runningCount: 1 }),
    rollout({ rolloutState: 'IN_PROGRESS' }, { id: 'ecs-svc/1', status: 'ACTIVE', runningCount: 1 }),
  ],
  ['CIRCUIT_BREAKER_OFF', 'no circuit breaker', service(), breaker(true, false)],
  [
    'CIRCUIT_BREAKER_OFF',
    'not with alarms',
    breaker(false, false),
    service({ deploymentConfiguration: { alarms: { enable: true, rollback: true, alarmNames: ['a'] } } }),
  ],
  [
    'CIRCUIT_BREAKER_OFF',
    'not with another controller',
    service(),
    service({ deploymentController: { type: 'EXTERNAL' } }),
  ],
  ['ROLLBACK_OFF', 'a circuit breaker alone', breaker(true, false), breaker(true, true)],
  [
    'PERCENTAGES_ALLOW_NOTHING',
    '100 and 100 percent',
    service({ deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } }),
    service({ deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 } }),
  ],
  [
    'ROLLOUT_LACKS_CAPACITY',
    'room for no further task',
    { ...onInstances(), instances: [room(255, 512), room(256, 511)] },
    { ...onInstances(), instances: [room(255, 512), room(256, 512)] },
  ],
  [
    'ROLLOUT_LACKS_CAPACITY',
    'not if a task may stop first',
    { ...onInstances(), instances: [] },
    { ...onInstances({ deploymentConfiguration: { minimumHealthyPercent: 50 } }), instances: [] },
  ],
  [
    'ROLLOUT_LACKS_CAPACITY',
    'a second set for blue/green',
    { ...onInstances({ deploymentConfiguration: { strategy: 'BLUE_GREEN' } }), instances: [room(256, 512)] },
    { ...onInstances({ deploymentConfiguration: { strategy: 'BLUE_GREEN' } }), instances: [room(512, 1_024)] },
  ],
  [
    'ROLLOUT_LACKS_CAPACITY',
    'instances that take no tasks do not count',
    {
      ...onInstances(),
      instances: [
        instance({ ...room(256, 512), status: 'DRAINING' }),
        instance({ ...room(256, 512), agentConnected: false }),
      ],
    },
    { ...onInstances({ launchType: 'FARGATE' }), instances: [] },
  ],
  [
    'ROLLOUT_LACKS_CAPACITY',
    'not with constraints that are not evaluated',
    { ...onInstances(), instances: [] },
    { ...onInstances({ placementConstraints: [{ type: 'distinctInstance' }] }), instances: [] },
  ],
  [
    'ROLLOUT_LACKS_CAPACITY',
    'a host port that is taken',
    {
      ...onInstances({}, { containerDefinitions: [{ portMappings: [{ hostPort: 80 }] }] }),
      instances: [room(256, 512, '80')],
    },
    {
      ...onInstances({}, { containerDefinitions: [{ portMappings: [{ hostPort: 80 }] }] }),
      instances: [room(256, 512, '81')],
    },
  ],
  ['ONE_SUBNET', 'one subnet', subnets('a'), subnets('a', 'b')],
  [
    'NO_HEALTH_CHECK',
    'no check',
    { ...service(), ...containers({}) },
    { ...service(), ...containers({ healthCheck: { command: ['CMD', 'a'] } }) },
  ],
  [
    'NO_HEALTH_CHECK',
    'a check of a container that may stop does not count',
    { ...service(), ...containers({}, { essential: false, healthCheck: { command: ['CMD', 'a'] } }) },
    { ...service({ loadBalancers: [{ containerName: 'web' }] }), ...containers({}) },
  ],
  ['LOGS_BLOCK', 'the mode blocking', { ...service(), ...logs('blocking') }, { ...service(), ...logs('non-blocking') }],
  [
    'IMAGE_TAG_MOVES',
    'latest',
    { ...service(), ...containers({ image: 'web:latest' }) },
    { ...service(), ...containers({ image: 'web:1' }) },
  ],
  [
    'IMAGE_TAG_MOVES',
    'no tag',
    { ...service(), ...containers({ image: 'host:5000/web' }) },
    { ...service(), ...containers({ image: 'web@sha256:1' }) },
  ],
];

const agent = (agentVersion: string) => instance({ versionInfo: { agentVersion } });
const zone = (value: string) => instance({ attributes: [{ name: 'ecs.availability-zone', value }] });

const INSTANCE_CASES: readonly (readonly [keyof typeof INSTANCE_RULES, ContainerInstance, ContainerInstance])[] = [
  ['AGENT_DISCONNECTED', instance({ agentConnected: false }), instance({ agentConnected: false, status: 'DRAINING' })],
  [
    'INSTANCE_IMPAIRED',
    instance({ healthStatus: { overallStatus: 'IMPAIRED' } }),
    instance({ healthStatus: { overallStatus: 'OK' } }),
  ],
  ['AGENT_UPDATE_FAILED', instance({ agentUpdateStatus: 'FAILED' }), instance({ agentUpdateStatus: 'UPDATED' })],
  ['AGENT_OLD', agent('1.85.0'), agent('1.86.0')],
  ['DRAINED_INSTANCE', instance({ status: 'DRAINING' }), instance({ status: 'DRAINING', runningTasksCount: 1 })],
];

it('docs/findings.md lists every rule', () => {
  const page = readFileSync('docs/findings.md', 'utf8');
  const rows = Object.entries(ALL_RULES).map(([name, rule]) => `| ${name} | ${rule.severity} | ${rule.description} |`);
  expect(rows.filter((row) => !page.includes(row))).toEqual([]);
});

describe('a rule about services', () => {
  it('has a case', () => {
    expect(new Set(SERVICE_CASES.map(([rule]) => rule))).toEqual(new Set(Object.keys(SERVICE_RULES)));
  });

  it.each(SERVICE_CASES)('%s: %s', (name, _what, found, nearest) => {
    const rule: Rule<ServiceFacts> = SERVICE_RULES[name];
    const one = rule.find({ ...service(), now: NOW, ...found });
    expect(one?.message).toMatch(/\S.*\.$/);
    expect(toEvidence(one?.evidence ?? {})).not.toEqual([]);
    expect(rule.find({ ...service(), now: NOW, ...nearest })).toBeUndefined();
  });
});

describe('a rule about instances', () => {
  it('has a case', () => {
    expect(new Set(INSTANCE_CASES.map(([rule]) => rule))).toEqual(new Set(Object.keys(INSTANCE_RULES)));
  });

  it.each(INSTANCE_CASES)('%s', (name, found, nearest) => {
    const facts = { cluster: {}, instances: [agent('1.90.0')] };
    const rule: Rule<InstanceFacts> = INSTANCE_RULES[name];
    const one = rule.find({ ...facts, instance: found });
    expect(one?.message).toMatch(/^Instance i-1 .*\.$/);
    expect(toEvidence(one?.evidence ?? {})).not.toEqual([]);
    expect(INSTANCE_RULES[name].find({ ...facts, instance: nearest })).toBeUndefined();
  });
});

describe('a rule about clusters', () => {
  it('ONE_ZONE', () => {
    const find = (...instances: ContainerInstance[]) => CLUSTER_RULES.ONE_ZONE.find({ cluster: {}, instances });
    expect(find(zone('eu-west-1a'), zone('eu-west-1a'))?.evidence).toEqual({
      instances: 2,
      availabilityZone: 'eu-west-1a',
    });
    expect(find(zone('eu-west-1a'), zone('eu-west-1b'))).toBeUndefined();
    expect(find(zone('eu-west-1a'))).toBeUndefined();
  });

  it('CAPACITY_UPDATE_FAILED', () => {
    const find = (attachmentsStatus: string) =>
      CLUSTER_RULES.CAPACITY_UPDATE_FAILED.find({ cluster: { attachmentsStatus }, instances: [] });
    expect(find('UPDATE_FAILED')?.evidence).toEqual({ attachmentsStatus: 'UPDATE_FAILED' });
    expect(find('UPDATE_COMPLETE')).toBeUndefined();
  });
});
