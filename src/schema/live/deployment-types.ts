import type { FieldMap, ObjectRef } from '@pothos/core';
import type { DeploymentEnding, DeploymentOutcome } from '../../live/deployment/deployment-outcome.ts';
import type { BreakerProgress, DeploymentProgress } from '../../live/deployment/deployment-progress.ts';
import type { Types } from '../core/builder.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { resolveLink } from '../graph/entity.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import { addDeploymentTask } from './deployment-task-type.ts';
import { DEPLOYMENT_CAUSES, DEPLOYMENT_OUTCOMES } from './enums.ts';
import { count, outlookFields, type ProgressTypes } from './shared-types.ts';

/** Types of a service's deployment that daemons share. */
export interface DeploymentTypes {
  readonly progress: ObjectRef<Types, DeploymentProgress>;
  readonly outcome: ReturnType<typeof ownEnum<DeploymentOutcome>>;
  readonly ending: ObjectRef<Types, DeploymentEnding>;
  readonly breaker: ObjectRef<Types, BreakerProgress>;
}

const NULL_WITHOUT_TASKS =
  "Null where the deployment's tasks are not read: the gateway may not list them, or a feed follows more than 50 deployments at once.";

const STRATEGIES = {
  ROLLING: 'ECS replaces the tasks share by share.',
  BLUE_GREEN: 'ECS starts all new tasks, and shifts the traffic at once.',
  LINEAR: 'ECS shifts the traffic in equal steps.',
  CANARY: 'ECS shifts a part of the traffic first, then the rest.',
  CODE_DEPLOY: 'CodeDeploy carries it out.',
  EXTERNAL: 'A controller outside of AWS carries it out.',
};

/** Adds the type `DeploymentProgress` and its parts. */
export function addDeploymentTypes(graph: EcsGraph, shared: ProgressTypes): DeploymentTypes {
  const { builder } = graph;
  const outcome = ownEnum(builder, 'DeploymentOutcome', 'How a deployment ended.', DEPLOYMENT_OUTCOMES);
  const cause = ownEnum(builder, 'DeploymentCause', 'Why a deployment ended.', DEPLOYMENT_CAUSES);
  const ending = builder.objectRef<DeploymentEnding>('DeploymentEnding').implement({
    description: 'How a deployment ended, and why.',
    fields: (t) => ({
      cause: t.expose('cause', { type: cause, description: 'The cause. Null for a success.' }),
      reason: t.exposeString('reason', { description: "ECS's own words, if it has any." }),
      inferred: t.exposeBoolean('inferred', {
        nullable: false,
        description: 'True if ECS does not report the end and the gateway inferred it from the counts.',
      }),
    }),
  });
  const breaker = builder.objectRef<BreakerProgress>('CircuitBreakerProgress').implement({
    description: 'Failures in a row against the number that trips the circuit breaker.',
    fields: (t) => ({
      status: t.field({
        type: graph.enumType('ServiceDeploymentRollbackMonitorsStatus'),
        description: 'Whether it still counts failures. Null if ECS does not report it.',
        resolve: graph.enumResolver(
          'ServiceDeploymentRollbackMonitorsStatus',
          (source: BreakerProgress) => source.status,
        ),
      }),
      failureCount: t.exposeInt('failureCount', { description: 'Failures so far. Null if ECS does not report them.' }),
      threshold: t.exposeInt('threshold', {
        description:
          'The number of failures at which the circuit breaker ends the deployment. Null if ECS does not report it.',
      }),
    }),
  });

  const task = addDeploymentTask(graph);
  const strategy = ownEnum(builder, 'DeploymentProgressStrategy', 'How a deployment is carried out.', STRATEGIES);
  const progress = builder.objectRef<DeploymentProgress>('DeploymentProgress').implement({
    description:
      'Progress of one deployment of a service. Counts refer to the tasks of this deployment unless stated otherwise.',
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service, read anew where more than its ARN is selected. Null if it was deleted.',
        extensions: { ecsCost: 1 },
        resolve: ({ target: { serviceArn, clusterArn } }, _args, context, info) =>
          resolveLink(context, info, 'Service', { arn: serviceArn, clusterArn }),
      }),
      serviceDeploymentArn: t.string({
        description: 'The id by which the deployment is followed. Null where ECS keeps no service deployments.',
        resolve: ({ target }) => target.serviceDeploymentArn,
      }),
      serviceDeployment: t.field({
        type: graph.noun('ServiceDeployment').ref,
        description:
          'The service deployment. Null where ECS keeps no service deployments. Costs no call where only its ARN is read, else one DescribeServiceDeployments.',
        extensions: { operations: ['DescribeServiceDeployments'], ecsCost: 1 },
        resolve: ({ target: { serviceDeploymentArn: arn } }, _args, context, info) =>
          arn === undefined ? null : resolveLink(context, info, 'ServiceDeployment', { arn }),
      }),
      deploymentId: t.string({
        description: '`ecs-svc/...`, the `startedBy` of its tasks. Null if it is not known.',
        resolve: ({ target }) => target.deploymentId,
      }),
      strategy: t.field({
        type: strategy,
        nullable: false,
        description: 'How the deployment is carried out.',
        resolve: (source) => source.strategy as keyof typeof STRATEGIES,
      }),
      status: t.field({
        type: graph.enumType('ServiceDeploymentStatus'),
        description: "The service deployment's status. Null where ECS keeps no service deployment; see `rolloutState`.",
        resolve: graph.enumResolver('ServiceDeploymentStatus', ({ target, status }: DeploymentProgress) =>
          target.serviceDeploymentArn === undefined ? null : status,
        ),
      }),
      statusReason: t.exposeString('statusReason', { description: "ECS's own words on the status." }),
      rolloutState: t.field({
        type: graph.enumType('DeploymentRolloutState'),
        description: 'The rollout state of the deployment. Null if ECS reports none.',
        resolve: graph.enumResolver('DeploymentRolloutState', (source: DeploymentProgress) => source.rolloutState),
      }),
      lifecycleStage: t.field({
        type: graph.enumType('ServiceDeploymentLifecycleStage'),
        description: 'The stage of the deployment. Null where the strategy has no stages.',
        resolve: graph.enumResolver(
          'ServiceDeploymentLifecycleStage',
          (source: DeploymentProgress) => source.lifecycleStage,
        ),
      }),
      desiredTaskCount: t.exposeInt(
        'desiredCount',
        count(
          'The desired number of tasks. Until ECS has planned the deployment, and before its scale-up, ECS itself says 0: here it is what the service wants.',
        ),
      ),
      pendingTaskCount: t.exposeInt('pendingCount', count('Tasks that are starting.')),
      runningTaskCount: t.exposeInt('runningCount', count('Tasks that are RUNNING.')),
      healthyTaskCount: t.int({
        description: `Running tasks that count as healthy: HEALTHY by their health check, or running for 40 s without one. Load balancer targets are not visible through ECS. ${NULL_WITHOUT_TASKS}`,
        resolve: ({ hasTasks, healthyTaskCount }) => (hasTasks ? healthyTaskCount : null),
      }),
      failedTaskCount: t.int({
        description: `Tasks that failed, as far as ECS still shows them (an hour). ${NULL_WITHOUT_TASKS}`,
        resolve: ({ hasTasks, failedTaskCount }) => (hasTasks ? failedTaskCount : null),
      }),
      stoppingTaskCount: t.int({
        description: `Tasks of the service on their way out, of any revision. ${NULL_WITHOUT_TASKS}`,
        resolve: ({ hasTasks, stoppingTaskCount }) => (hasTasks ? stoppingTaskCount : null),
      }),
      sourceRunningTaskCount: t.exposeInt('sourceRunningTaskCount', count('Tasks that older revisions still run.')),
      percent: t.exposeInt(
        'percent',
        count(
          'How far it has come, 0 to 100; 100 only when it has succeeded. It counts healthy tasks; where the tasks are not read, those that have been running for a while.',
        ),
      ),
      isRollingBack: t.exposeBoolean('isRollingBack', {
        nullable: false,
        description: 'Whether ECS is rolling back.',
      }),
      sourceRevisions: t.expose('sourceRevisions', {
        type: [graph.outputType('ServiceRevisionSummary')],
        nullable: false,
        description: 'The revisions that it replaces, with their tasks and traffic weights.',
      }),
      targetRevision: t.expose('targetRevision', {
        type: graph.outputType('ServiceRevisionSummary'),
        description:
          'The revision that the deployment introduces, with its tasks and traffic weights. Null if ECS keeps no service deployment.',
      }),
      taskDefinition: t.field({
        type: graph.noun('TaskDefinition').ref,
        description: 'The task definition of its tasks.',
        extensions: { ecsCost: 1 },
        resolve: ({ taskDefinitionArn }, _args, context, info) =>
          taskDefinitionArn === null ? null : resolveLink(context, info, 'TaskDefinition', { arn: taskDefinitionArn }),
      }),
      ...failureDetectionFields(t, breaker),
      hooks: t.expose('hooks', {
        type: [graph.outputType('DeploymentLifecycleHookDetail')],
        nullable: false,
        description: 'Lifecycle hooks of this stage; one that is AWAITING_ACTION wants `continueServiceDeployment`.',
      }),
      tasks: t.field({
        type: [task],
        nullable: { list: true, items: false },
        description: `Tasks of the service that have not stopped, at most 100: first those of this deployment, then older ones, each oldest first. They are as last read and cost no call. ${NULL_WITHOUT_TASKS}`,
        resolve: ({ hasTasks, tasks }) => (hasTasks ? [...tasks] : null),
      }),
      recentFailures: t.field({
        type: [graph.noun('Task').ref],
        nullable: { list: true, items: false },
        description: `The latest ten tasks that failed, newest first, with stop code, reason and exit codes. ${NULL_WITHOUT_TASKS}`,
        resolve: ({ hasTasks, failedTasks }) => (hasTasks ? [...failedTasks] : null),
      }),
      events: t.field({
        type: [graph.outputType('ServiceEvent')],
        nullable: false,
        description: 'Service events since the deployment started, oldest first, at most twenty.',
        resolve: ({ events }) => events.map(({ eventId, createdAt, message }) => ({ id: eventId, createdAt, message })),
      }),
      startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
      finishedAt: t.expose('finishedAt', {
        type: 'DateTime',
        description: 'When it ended; null before, and if ECS does not report it.',
      }),
      ...outlookFields(t, shared),
      ending: t.expose('ending', { type: ending, description: 'How and why it ended. Null before the end.' }),
    }),
  });
  return { progress, outcome, ending, breaker };
}

/** How ECS detects failures of a deployment, as fields of its progress. */
export function failureDetectionFields(
  t: ObjectFields<Pick<DeploymentProgress, 'circuitBreaker' | 'triggeredAlarms'>>,
  breaker: DeploymentTypes['breaker'],
): FieldMap {
  return {
    circuitBreaker: t.expose('circuitBreaker', {
      type: breaker,
      description: 'Null where the circuit breaker is off.',
    }),
    triggeredAlarms: t.expose('triggeredAlarms', {
      type: ['String'],
      nullable: false,
      description: 'Names of the CloudWatch alarms that went off.',
    }),
  };
}
