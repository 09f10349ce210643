import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { SchedulingWorld } from '../support/scheduling-world.ts';

const ROLE = 'arn:aws:iam::123456789012:role/x';

function register(containers: readonly object[], more: object = {}): TaskDefinition {
  const containerDefinitions = containers.map((item) => ({ name: 'a', image: 'i', memory: 64, ...item }));
  const input = { family: 'f', containerDefinitions, ...more };
  return new SchedulingWorld().call<{ taskDefinition: TaskDefinition }>('RegisterTaskDefinition', input).taskDefinition;
}

function container(given: object, more: object = {}): ContainerDefinition | undefined {
  return register([given], more).containerDefinitions?.[0];
}

const FARGATE = { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512' };

// hashicorp/terraform-provider-aws#22060, #3401, #11526; the API reference for the figures.
describe('what ECS writes into a definition', () => {
  it.each([
    [
      'nothing else',
      {},
      { cpu: 0, essential: true, environment: [], mountPoints: [], volumesFrom: [], portMappings: [] },
    ],
    [
      'a health check',
      { healthCheck: { command: ['CMD-SHELL', 'true'], retries: 5 } },
      { healthCheck: { command: ['CMD-SHELL', 'true'], interval: 30, timeout: 5, retries: 5 } },
    ],
    [
      'a restart policy',
      { restartPolicy: { enabled: true } },
      { restartPolicy: { enabled: true, restartAttemptPeriod: 300 } },
    ],
    ['a policy that is off', { restartPolicy: { enabled: false } }, { restartPolicy: { enabled: false } }],
    ['a log router', { firelensConfiguration: { type: 'fluentbit' } }, { user: '0' }],
    [
      'ports',
      { portMappings: [{ containerPort: 80 }, { containerPortRange: '90-99' }] },
      {
        portMappings: [
          { containerPort: 80, hostPort: 0, protocol: 'tcp' },
          { containerPortRange: '90-99', protocol: 'tcp' },
        ],
      },
    ],
  ])('of %s', (_what, given, completed) => {
    expect(container(given)).toMatchObject(completed);
  });

  it('of volumes', () => {
    const efsVolumeConfiguration = { fileSystemId: 'fs-1' };
    const volumes = [
      { name: 'bind' },
      { name: 'efs', efsVolumeConfiguration },
      { name: 'docker', dockerVolumeConfiguration: { scope: 'shared' } },
    ];
    expect(register([{}], { volumes }).volumes).toEqual([
      { name: 'bind', host: {} },
      { name: 'efs', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/' } },
      { name: 'docker', dockerVolumeConfiguration: { scope: 'shared', autoprovision: false, driver: 'local' } },
    ]);
  });

  it('adds nothing truthy to a container that says all of it, so that tools that compare see no difference', () => {
    const given = { name: 'a', image: 'i', memory: 64, essential: true };
    const truthy = Object.entries(container(given) ?? {}).filter(([, value]) =>
      Array.isArray(value) ? value.length > 0 : Boolean(value),
    );
    expect(Object.fromEntries(truthy)).toEqual(given);
  });

  // Two recordings (2025-05, 2026-04) of the former, the AWS CLI's example of the latter.
  it('answers with tags only where there are some, and describes without them', () => {
    const world = new SchedulingWorld();
    const input = { family: 'f', containerDefinitions: [{ name: 'a', image: 'i', memory: 64 }] };
    expect(world.call('RegisterTaskDefinition', input)).not.toHaveProperty('tags');
    const tags = [{ key: 'a', value: 'b' }];
    expect(world.call('RegisterTaskDefinition', { ...input, tags })).toHaveProperty('tags', tags);
    expect(world.call('DescribeTaskDefinition', { taskDefinition: 'f' })).toHaveProperty('tags', []);
  });
});

const SECRET = { name: 'X', valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x' };
const AWSLOGS = {
  logDriver: 'awslogs',
  options: { 'awslogs-group': 'g', 'awslogs-region': 'r', 'awslogs-stream-prefix': 'p' },
};

describe('the attributes that a definition requires', () => {
  // A recording of 2026-04.
  it('are those of a recorded definition, in its order', () => {
    const given = {
      image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1',
      logConfiguration: AWSLOGS,
      secrets: [SECRET],
    };
    const { requiresAttributes } = register([given], { ...FARGATE, executionRoleArn: ROLE, taskRoleArn: ROLE });
    expect(requiresAttributes?.map(({ name }) => name).sort()).toEqual([
      'com.amazonaws.ecs.capability.docker-remote-api.1.18',
      'com.amazonaws.ecs.capability.docker-remote-api.1.19',
      'com.amazonaws.ecs.capability.ecr-auth',
      'com.amazonaws.ecs.capability.logging-driver.awslogs',
      'com.amazonaws.ecs.capability.task-iam-role',
      'ecs.capability.execution-role-awslogs',
      'ecs.capability.execution-role-ecr-pull',
      'ecs.capability.secrets.asm.environment-variables',
      'ecs.capability.task-eni',
    ]);
  });

  it('are had by an instance of a current AMI, whatever a definition uses', () => {
    const world = new SchedulingWorld();
    world.instance(4000);
    world.call('RegisterTaskDefinition', {
      family: 'all',
      networkMode: 'host',
      executionRoleArn: ROLE,
      taskRoleArn: ROLE,
      pidMode: 'task',
      enableFaultInjection: true,
      containerDefinitions: [
        {
          name: 'a',
          image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1',
          memoryReservation: 64,
          privileged: true,
          logConfiguration: { ...AWSLOGS, secretOptions: [SECRET] },
          secrets: [SECRET, { name: 'Y', valueFrom: 'y' }],
          healthCheck: { command: ['CMD', 'true'] },
          restartPolicy: { enabled: true },
          linuxParameters: { initProcessEnabled: true, sharedMemorySize: 64 },
          portMappings: [{ containerPortRange: '100-110' }],
          environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/x.env' }],
          repositoryCredentials: { credentialsParameter: SECRET.valueFrom },
          dependsOn: [{ containerName: 'b', condition: 'START' }],
        },
        {
          name: 'b',
          image: 'i',
          memory: 64,
          firelensConfiguration: { type: 'fluentd', options: { 'config-file-type': 's3' } },
        },
        {
          name: 'c',
          image: 'i',
          memory: 64,
          logConfiguration: { logDriver: 'awsfirelens', options: { 'log-driver-buffer-limit': '1' } },
        },
      ],
      volumes: [
        { name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1', authorizationConfig: {} } },
        { name: 'w', dockerVolumeConfiguration: {} },
      ],
    });
    expect(world.call('RunTask', { taskDefinition: 'all' })).toMatchObject({ tasks: [{}], failures: [] });
  });
});

// Recordings: MANAGED_INSTANCES of 2026-02 and 2026-04, not of 2025-05.
describe('where a definition can run', () => {
  const PRIVILEGED = { privileged: true };
  it.each([
    [['EXTERNAL', 'EC2'], [{}], {}],
    [['EXTERNAL', 'EC2', 'MANAGED_INSTANCES'], [{}], { networkMode: 'host' }],
    [['EC2', 'MANAGED_INSTANCES'], [{}], { networkMode: 'awsvpc' }],
    [['EC2', 'MANAGED_INSTANCES', 'FARGATE'], [{}], FARGATE],
    [['EC2', 'MANAGED_INSTANCES'], [PRIVILEGED], { ...FARGATE, requiresCompatibilities: ['EC2'] }],
    [['EC2'], [{}], { volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }] }],
  ])('is %s', (compatibilities, containers, more) => {
    expect(register(containers, more).compatibilities).toEqual(compatibilities);
  });
});
