import type { ArgBuilder } from '@pothos/core';
import type { OperationName } from '../../ecs/core/operations.ts';
import { inRange } from '../connections/argument-range.ts';
import { clusterArg } from '../connections/page-args.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput, notFound } from '../core/errors.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { checkedName, lookUpTarget } from '../graph/entity.ts';
import { mustRead } from '../graph/may-read.ts';
import { drainTarget, instancesArgs } from '../live/drain.ts';
import type { ProgressTypes } from '../live/shared-types.ts';
import { precondition, runPreview } from './resolve.ts';
import { addPreviewTypes } from './types.ts';

const OPERATIONS: readonly OperationName[] = [
  'DescribeClusters',
  'ListServices',
  'DescribeServices',
  'ListTasks',
  'DescribeTasks',
  'ListContainerInstances',
  'DescribeContainerInstances',
  'DescribeTaskDefinition',
  'DescribeCapacityProviders',
  'GetTaskProtection',
];
const COST =
  'The preview reads the cluster once: the lists and descriptions of its services, tasks and instances, up to 100 stopped tasks, and one DescribeTaskDefinition for each revision that it moves or that is not at rest. FAILED_PRECONDITION if the cluster has more than 5,000 tasks, 2,000 instances or 1,000 services.';
const COST_OF_SERVICE = `${COST} For a service on Fargate it reads the service and its tasks alone.`;

function previewArgs(arg: ArgBuilder<Types>) {
  return {
    horizon: arg({
      type: 'Duration',
      description: 'How far to look ahead, from PT1M to PT24H. Default: PT1H.',
    }),
    randomSeed: arg.int({
      description: 'Seed of the choices that ECS makes at random: the same number gives the same choices. Default: 1.',
    }),
  };
}

/** Adds the previews: simulations of a change. */
export function addPreviews(graph: EcsGraph, shared: ProgressTypes): void {
  const { builder } = graph;
  const preview = addPreviewTypes(graph, shared);
  builder.queryField('previewDrain', (t) =>
    t.field({
      type: preview,
      description: `Simulates the drain of these container instances. NOT_FOUND if one does not exist; Fargate has no instances to drain. ${COST}`,
      args: { ...instancesArgs(t.arg, true), ...previewArgs(t.arg) },
      extensions: { operations: OPERATIONS, ecsCost: { wholeCluster: true } },
      async resolve(_root, args, context) {
        const { clusterArn, containerInstanceArns } = await drainTarget(context, args);
        return runPreview(context, clusterArn, { kind: 'drain', containerInstanceArns }, args);
      },
    }),
  );
  builder.queryField('previewScale', (t) =>
    t.field({
      type: preview,
      description: `Simulates a new desired count of a service. NOT_FOUND if there is no such service. FAILED_PRECONDITION for a DAEMON service. ${COST_OF_SERVICE}`,
      args: {
        cluster: clusterArg(t.arg),
        service: t.arg.id({ required: true, description: 'Id, ARN or name of the service.' }),
        desiredCount: t.arg.int({ required: true, description: 'The new desired count, from 0.', ...inRange(0) }),
        ...previewArgs(t.arg),
      },
      extensions: { operations: OPERATIONS, ecsCost: { wholeCluster: true } },
      async resolve(_root, args, context) {
        const { desiredCount } = args;
        const { serviceName, clusterArn, schedulingStrategy } = await serviceOf(context, args);
        if (schedulingStrategy === 'DAEMON')
          throw precondition('The service is a DAEMON service: ECS runs one task of it on each instance.');
        return runPreview(context, clusterArn, { kind: 'scale', serviceName, desiredCount }, args);
      },
    }),
  );
  builder.queryField('previewDeployment', (t) =>
    t.field({
      type: preview,
      description: `Simulates a new deployment of a service. NOT_FOUND if there is no such service or task definition. FAILED_PRECONDITION if ECS would refuse it. ${COST_OF_SERVICE}`,
      args: {
        cluster: clusterArg(t.arg),
        service: t.arg.id({ required: true, description: 'Id, ARN or name of the service.' }),
        taskDefinition: t.arg.id({
          description: 'Id, ARN, family:revision or family of the revision to deploy. Null means the one in use.',
        }),
        desiredCount: t.arg.int({
          description: 'A new desired count, from 0. Null means the present one.',
          ...inRange(0),
        }),
        minimumHealthyPercent: t.arg.int({
          description:
            'The lower limit of running tasks, in percent of the desired count, from 0. Null means that of the service.',
          ...inRange(0),
        }),
        maximumPercent: t.arg.int({
          description:
            'The upper limit of running tasks, in percent of the desired count, from 0. Null means that of the service.',
          ...inRange(0),
        }),
        ...previewArgs(t.arg),
      },
      extensions: { operations: OPERATIONS, ecsCost: { wholeCluster: true } },
      async resolve(_root, args, context) {
        const { desiredCount } = args;
        const [{ serviceName, clusterArn }, taskDefinition] = await Promise.all([
          serviceOf(context, args),
          taskDefinitionOf(context, args.taskDefinition),
        ]);
        const change = {
          kind: 'deploy',
          serviceName,
          taskDefinition,
          desiredCount: desiredCount ?? undefined,
          minimumHealthyPercent: args.minimumHealthyPercent ?? undefined,
          maximumPercent: args.maximumPercent ?? undefined,
        } as const;
        return runPreview(context, clusterArn, change, args);
      },
    }),
  );
  builder.queryField('previewInstanceLoss', (t) =>
    t.field({
      type: preview,
      description: `Simulates the sudden loss of container instances, or of everything in an Availability Zone, in which nothing starts again. The simulated change is done when the services have their tasks again. NOT_FOUND if an instance does not exist, or if nothing of the cluster is in the zone. ${COST}`,
      args: {
        ...instancesArgs(t.arg, false, 'only what is in `zone`, which must be given then'),
        zone: t.arg.string({
          description: 'The zone that is lost, such as `eu-west-1a`. May be combined with `containerInstances`.',
        }),
        ...previewArgs(t.arg),
      },
      extensions: {
        operations: OPERATIONS.filter((operation) => operation !== 'GetTaskProtection'),
        ecsCost: { wholeCluster: true },
      },
      async resolve(_root, { zone, ...args }, context) {
        const { containerInstances } = args;
        if (containerInstances == null && zone == null)
          throw badUserInput('zone', 'or "containerInstances" must say what is lost');
        const { clusterArn, containerInstanceArns } =
          containerInstances == null
            ? { clusterArn: await clusterArnOf(context, args.cluster), containerInstanceArns: [] }
            : await drainTarget(context, args);
        const change = { kind: 'lose', containerInstanceArns, zone: zone ?? undefined } as const;
        return runPreview(context, clusterArn, change, args);
      },
    }),
  );
}

/** @throws NOT_FOUND, BAD_USER_INPUT */
async function serviceOf(
  context: GraphContext,
  { service: named, cluster }: { readonly service: string; readonly cluster?: string | null | undefined },
) {
  const target = lookUpTarget(context, 'service', 'service', named, cluster);
  const service = await context.loaders.of('Service').load({ ...target, members: [] });
  if (service === null || service.status === 'INACTIVE')
    throw notFound('service', `There is no service "${named}" in cluster "${target.cluster}".`);
  const { serviceName = '', clusterArn = '', schedulingStrategy } = service;
  return { serviceName, clusterArn, schedulingStrategy };
}

/** The ARN of a task definition. @throws NOT_FOUND, BAD_USER_INPUT */
async function taskDefinitionOf(context: GraphContext, named: string | null | undefined): Promise<string | undefined> {
  if (named == null) return undefined;
  const id = checkedName(context, 'taskDefinition', 'task-definition', named);
  await mustRead(context, 'TaskDefinition', id);
  const found = await context.loaders.of('TaskDefinition').load({ id, members: [] });
  if (found === null) throw notFound('taskDefinition', `There is no task definition "${named}".`);
  return found.taskDefinitionArn;
}

/** @throws NOT_FOUND, BAD_USER_INPUT */
async function clusterArnOf(context: GraphContext, named: string | null | undefined): Promise<string> {
  const id = named == null ? 'default' : checkedName(context, 'cluster', 'cluster', named);
  const cluster = await context.loaders.of('Cluster').load({ id, members: [] });
  if (cluster?.clusterArn === undefined || cluster.status === 'INACTIVE')
    throw notFound('cluster', `There is no cluster "${named ?? 'default'}".`);
  return cluster.clusterArn;
}
