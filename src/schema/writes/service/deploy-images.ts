import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { ObjectRef } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { lastPart, primaryOf } from '../../../live/core/deployment-bounds.ts';
import type { RevisionChange } from '../../changes/revision-change.ts';
import { changesOfDefinition } from '../../changes/revisions.ts';
import type { Types } from '../../core/builder.ts';
import type { GraphContext } from '../../core/context.ts';
import { HIDDEN } from '../../core/secrets.ts';
import type { EcsGraph, Sources } from '../../graph/ecs-graph.ts';
import { resolveLink } from '../../graph/entity.ts';
import { deploymentCursor } from '../../links/follow-deployment.ts';
import { revisionArnOf, serviceDeploymentOf } from '../../links/task-origin.ts';
import type { PlannedCall } from '../../sdk-types/planned-call.ts';
import { SEMANTIC_NON_NULL } from '../../sdk-types/semantic-non-null.ts';
import { changeArgs, planField, revisionArg } from '../core/change-args.ts';
import { decideAndWrite, type Planned, writePart } from '../core/compound.ts';
import { checkChanges, type NextRevision, nextRevision, type RevisionArgs } from './next-revision.ts';
import { type ChangeArgs, oneAtATime, serviceToChange } from './service-to-change.ts';

type Service = Sources['Service'];

type DeployArgs = ChangeArgs & RevisionArgs;

interface DeployPayload extends Planned {
  readonly service: Service | undefined;
  /** Undefined if nothing was registered. */
  readonly taskDefinitionArn: string | undefined;
  readonly definitions: Definitions;
}

/** The revision in use, and the one that was registered or would be. */
interface Definitions {
  readonly before: TaskDefinition;
  readonly next: TaskDefinition;
}

interface Decision extends Planned {
  readonly service: Service;
  readonly definitions: Definitions;
}

/** Adds `deployImages`. */
export function addDeployImages(graph: EcsGraph, revisionChange: ObjectRef<Types, RevisionChange>): void {
  const { builder } = graph;
  const payload = builder.objectRef<DeployPayload>('DeployImagesPayload').implement({
    description: 'The result of `deployImages`.',
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service after the change; with `dryRun` as it is.',
        resolve: ({ service }) => service ?? null,
      }),
      taskDefinition: t.field({
        type: graph.noun('TaskDefinition').ref,
        description:
          'The registered revision. Null if no revision was registered. Costs one DescribeTaskDefinition where more than ARN, family and number is read.',
        extensions: { operations: ['DescribeTaskDefinition'], ecsCost: 1 },
        resolve: ({ taskDefinitionArn: arn }, _args, context, info) =>
          arn === undefined ? null : resolveLink(context, info, 'TaskDefinition', { arn }),
      }),
      deploymentId: t.string({
        description:
          'The id of the deployment that the mutation started, `ecs-svc/...`. Null if it started no deployment.',
        resolve: (source) => deploymentOf(source)?.id ?? null,
      }),
      deployment: t.field({
        type: graph.noun('ServiceDeployment').ref,
        description:
          'The service deployment that the mutation started. Null if it started no deployment, and until ECS lists it. Costs one ListServiceDeployments, and one ' +
          'DescribeServiceDeployments where more is read than status, times and target revision.',
        extensions: { operations: ['ListServiceDeployments', 'DescribeServiceDeployments'], ecsCost: 2 },
        resolve: (source, _args, context, info) => begun(graph, context, info, source),
      }),
      followCursor: t.string({
        description:
          'For `after` of the subscription `deploymentProgress` with this service: it follows the deployment that the mutation started, even if a newer one begins. ' +
          'Null if none did. Costs one ListServiceDeployments.',
        extensions: { operations: ['ListServiceDeployments'], ecsCost: 1 },
        resolve: (source, _args, context) =>
          source.service === undefined ? null : deploymentCursor(context, source.service, deploymentOf(source)?.id),
      }),
      changes: t.field({
        type: [revisionChange],
        nullable: { list: false, items: false },
        description:
          'The differences between the revision that was in use and the new one. Values that are hidden from the caller are masked. Costs no call.',
        resolve: ({ definitions: { before, next } }, _args, context) =>
          changesOfDefinition(graph.model, context, before, next),
      }),
      ...planField(graph, t, 'The writes, in their order. Empty if the revision in use has all of this already.'),
    }),
  });
  const image = builder.inputType('ContainerImageInput', {
    description: 'A container of the task definition in use, and the image that it is to run.',
    fields: (t) => ({
      container: t.string({ required: true, description: 'The name of the container.' }),
      image: t.string({ required: true, description: 'The image, with its tag or digest.' }),
    }),
  });
  const container = builder.inputType('ContainerChangeInput', {
    description: 'A container of the task definition in use, and what changes in it. What is null stays as it is.',
    fields: (t) => ({
      container: t.string({ required: true, description: 'The name of the container.' }),
      image: t.string({ description: 'The image, with its tag or digest.' }),
      cpu: t.int({ description: 'CPU units; 1024 are one vCPU.' }),
      memory: t.int({ description: 'The hard limit of memory in MiB.' }),
      memoryReservation: t.int({ description: 'The soft limit of memory in MiB.' }),
      environment: t.field({
        type: [graph.inputs.structure('KeyValuePair')],
        description: 'Environment variables to set, by name. All others keep their values.',
      }),
      removeEnvironment: t.stringList({ description: 'Names of variables to remove.' }),
    }),
  });
  builder.mutationField('deployImages', (t) =>
    t.field({
      type: payload,
      description:
        'Deploys new images, environment, CPU or memory: registers a revision that differs from the one in use only in these, with the same tags, and updates the service to it. ' +
        'The server copies secrets and all other settings, so no masked value is lost. FAILED_PRECONDITION if the service uses another revision ' +
        'than `expectedRevision`. Under a key each write is done once. Costs one DescribeServices, DescribeTaskDefinition, ' +
        'RegisterTaskDefinition and UpdateService.',
      args: {
        ...changeArgs(t.arg),
        images: t.arg({
          type: [image],
          description: 'The containers that get another image, each once; others stay as they are.',
        }),
        containers: t.arg({
          type: [container],
          description:
            'Changes of containers beyond their image, one entry for each container. Containers without an entry keep their settings.',
        }),
        cpu: t.arg.string({ description: 'CPU units of the task. Null keeps the present value.' }),
        memory: t.arg.string({ description: 'Memory of the task in MiB. Null keeps the present value.' }),
        expectedRevision: revisionArg(t.arg),
      },
      extensions: {
        operations: ['DescribeServices', 'DescribeTaskDefinition', 'RegisterTaskDefinition', 'UpdateService'],
        ecsCost: 4,
        ...SEMANTIC_NON_NULL,
      },
      resolve: (_root, args, context) =>
        oneAtATime(context, args as DeployArgs, () => deployImages(graph, context, args as DeployArgs)),
    }),
  );
}

async function deployImages(graph: EcsGraph, context: GraphContext, args: DeployArgs): Promise<DeployPayload> {
  checkChanges(graph, context, args);
  return decideAndWrite(context, {
    mutation: 'deployImages',
    args,
    async decide(): Promise<Decision> {
      const service = await serviceToChange(context, args);
      const { before, next } = await nextRevision(graph, context, service, args);
      return {
        service,
        definitions: { before, next: next as TaskDefinition },
        plan: planOf(graph, context, service, { before, next }),
      };
    },
    planned: (decision) => ({ ...decision, taskDefinitionArn: undefined }),
    run: (decision) => deploy(context, args, decision),
  });
}

async function deploy(
  context: GraphContext,
  args: DeployArgs,
  { service, definitions, plan }: Decision,
): Promise<DeployPayload> {
  const [register, update] = plan;
  if (register === undefined || update === undefined)
    return { service, definitions, plan, taskDefinitionArn: undefined };
  const { clusterArn, serviceArn } = service;
  const steps = [
    { operation: register.operation, resource: definitions.next.family },
    { operation: update.operation, resource: serviceArn },
  ] as const;
  const registered = await writePart(context, 'RegisterTaskDefinition', {
    mutation: 'deployImages',
    args,
    input: register.input as never,
    steps: { done: [], pending: steps },
  });
  const taskDefinitionArn = registered.output.taskDefinition?.taskDefinitionArn;
  const input = { cluster: clusterArn, service: serviceArn, taskDefinition: taskDefinitionArn };
  const done = [{ ...steps[0], resource: lastPart(taskDefinitionArn) }];
  const { output } = await writePart(context, 'UpdateService', {
    mutation: 'deployImages',
    args,
    input,
    steps: { done, pending: [steps[1]] },
  });
  return { service: output.service, definitions, taskDefinitionArn, plan: [register, { ...update, input }] };
}

function planOf(
  graph: EcsGraph,
  context: GraphContext,
  { taskDefinition, clusterArn, serviceArn }: Service,
  { before, next }: NextRevision,
): PlannedCall[] {
  const changes = changesOfDefinition(graph.model, context, before, next as TaskDefinition);
  if (changes.length === 0) return [];
  const registered = changes.map(({ path, kind, before: old, after, isMasked }) => ({
    field: path,
    before: isMasked && old === null && kind !== 'ADDED' ? HIDDEN : old,
    after: isMasked && after === null && kind !== 'REMOVED' ? HIDDEN : after,
  }));
  const moved = { field: 'taskDefinition', before: lastPart(taskDefinition), after: null };
  // The number of the revision is known once it is registered.
  const input = { cluster: clusterArn, service: serviceArn, taskDefinition: null };
  return [
    { operation: 'RegisterTaskDefinition', input: next, changes: registered },
    { operation: 'UpdateService', input, changes: [moved] },
  ];
}

/** The deployment that runs the revision that was registered. */
function deploymentOf({ service, taskDefinitionArn }: DeployPayload) {
  const primary = service && primaryOf(service);
  return taskDefinitionArn !== undefined && primary?.taskDefinition === taskDefinitionArn ? primary : undefined;
}

async function begun(
  graph: EcsGraph,
  context: GraphContext,
  info: GraphQLResolveInfo,
  source: DeployPayload,
): Promise<Sources['ServiceDeployment'] | null> {
  const { service } = source;
  const revision = service && revisionArnOf(service, deploymentOf(source)?.id);
  if (revision === undefined || service === undefined) return null;
  const { serviceArn = '', clusterArn = '' } = service;
  return serviceDeploymentOf(graph, context, info, revision, { serviceArn, clusterArn });
}
