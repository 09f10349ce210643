import type {
  ContainerInstance,
  Deployment,
  Service,
  ServiceDeployment,
  ServiceEvent,
  Task,
} from '@aws-sdk/client-ecs';
import { observeDeployment } from '../../../src/live/deployment/deployment-snapshot.ts';
import type {
  DeploymentLook,
  DeploymentSnapshot,
  DeploymentTarget,
} from '../../../src/live/deployment/deployment-state.ts';

export const T0 = Date.parse('2026-03-01T12:00:00Z');
export const at = (seconds: number) => new Date(T0 + seconds * 1_000);

const PREFIX = 'arn:aws:ecs:eu-west-1:123456789012';
export const CLUSTER = `${PREFIX}:cluster/prod`;
export const SERVICE = `${PREFIX}:service/prod/web`;
export const OLD = 'ecs-svc/1000000000000000001';
export const NEW = 'ecs-svc/1000000000000000002';
export const NEWER = 'ecs-svc/1000000000000000003';
export const SERVICE_DEPLOYMENT = `${PREFIX}:service-deployment/prod/web/abc`;
export const revision = (id: string) => `${PREFIX}:service-revision/prod/web/${id.slice(8)}`;

export const TARGET: DeploymentTarget = {
  clusterArn: CLUSTER,
  serviceArn: SERVICE,
  serviceName: 'web',
  serviceDeploymentArn: SERVICE_DEPLOYMENT,
  deploymentId: NEW,
};
/** Where ECS keeps no service deployments. */
export const OLD_STYLE: DeploymentTarget = { ...TARGET, serviceDeploymentArn: undefined };

export function deployment(id: string, more: Partial<Deployment> = {}): Deployment {
  return {
    id,
    status: 'PRIMARY',
    taskDefinition: `${PREFIX}:task-definition/web:2`,
    desiredCount: 4,
    runningCount: 0,
    pendingCount: 0,
    failedTasks: 0,
    createdAt: at(Number(id.slice(-1))),
    updatedAt: at(10),
    rolloutState: 'IN_PROGRESS',
    ...more,
  };
}

export function service(more: Partial<Service> = {}): Service {
  const deployments = more.deployments ?? [
    deployment(NEW),
    deployment(OLD, { status: 'ACTIVE', runningCount: 4, rolloutState: 'COMPLETED' }),
  ];
  return {
    clusterArn: CLUSTER,
    serviceArn: SERVICE,
    serviceName: 'web',
    status: 'ACTIVE',
    desiredCount: 4,
    runningCount: deployments.reduce((sum, { runningCount = 0 }) => sum + runningCount, 0),
    pendingCount: deployments.reduce((sum, { pendingCount = 0 }) => sum + pendingCount, 0),
    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
    currentServiceDeployment: SERVICE_DEPLOYMENT,
    events: [],
    ...more,
    deployments,
  };
}

export function serviceDeployment(more: Partial<ServiceDeployment> = {}): ServiceDeployment {
  return {
    serviceDeploymentArn: SERVICE_DEPLOYMENT,
    serviceArn: SERVICE,
    clusterArn: CLUSTER,
    status: 'IN_PROGRESS',
    createdAt: at(2),
    startedAt: at(3),
    updatedAt: at(10),
    sourceServiceRevisions: [{ arn: revision(OLD), requestedTaskCount: 4, runningTaskCount: 4 }],
    targetServiceRevision: { arn: revision(NEW), requestedTaskCount: 4, runningTaskCount: 0, pendingTaskCount: 0 },
    deploymentConfiguration: { strategy: 'ROLLING', minimumHealthyPercent: 100, maximumPercent: 200 },
    deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 0, threshold: 3 },
    ...more,
  };
}

let tasksMade = 0;
export function task(more: Partial<Task> = {}): Task {
  tasksMade += 1;
  return {
    taskArn: `${PREFIX}:task/prod/${String(tasksMade).padStart(32, '0')}`,
    clusterArn: CLUSTER,
    taskDefinitionArn: `${PREFIX}:task-definition/web:2`,
    group: 'service:web',
    startedBy: NEW,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    createdAt: at(5),
    startedAt: at(10),
    version: 2,
    cpu: '256',
    memory: '512',
    containers: [{ name: 'app', lastStatus: 'RUNNING' }],
    ...more,
  };
}

export function failedTask(more: Partial<Task> = {}): Task {
  return task({
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    stoppingAt: at(20),
    stoppedAt: at(21),
    version: 5,
    containers: [{ name: 'app', lastStatus: 'STOPPED', exitCode: 1 }],
    ...more,
  });
}

export function event(message: string, second = 15, id = `${second}-${message.length}`): ServiceEvent {
  return { id, createdAt: at(second), message: `(service web) ${message}` };
}

export function instance(id: string, more: Partial<ContainerInstance> = {}): ContainerInstance {
  return {
    containerInstanceArn: `${PREFIX}:container-instance/prod/${id}`,
    ec2InstanceId: `i-${id}`,
    status: 'ACTIVE',
    agentConnected: true,
    version: 1,
    remainingResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: 1024 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: 2048 },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22'] },
    ],
    ...more,
  };
}

export function look(more: Partial<DeploymentLook> = {}): DeploymentLook {
  return { service: service(), serviceDeployment: serviceDeployment(), tasks: [], ...more };
}

/** The knowledge after these looks, ten seconds between them. */
export function observed(looks: readonly DeploymentLook[], target: DeploymentTarget = TARGET): DeploymentSnapshot {
  let snapshot: DeploymentSnapshot | undefined;
  looks.forEach((next, i) => {
    snapshot = observeDeployment(snapshot, target, next, T0 + (i + 1) * 10_000);
  });
  if (snapshot === undefined) throw new Error('no looks');
  return snapshot;
}

/** The deployment that is replaced. */
export const old = (runningCount: number) =>
  deployment(OLD, { status: 'ACTIVE', runningCount, rolloutState: 'COMPLETED' });
/** A poll of a rollout whose new deployment has no tasks yet, with this many tasks of the old one. */
export const rollout = (
  minimumHealthyPercent: number,
  maximumPercent: number,
  desiredCount: number,
  running: number,
): DeploymentLook =>
  look({
    service: service({
      desiredCount,
      deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
      deployments: [deployment(NEW, { desiredCount }), old(running)],
    }),
    tasks: Array.from({ length: running }, () => task({ startedBy: OLD, startedAt: at(-600) })),
  });
