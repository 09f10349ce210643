import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { GraphQLResolveInfo } from 'graphql';
import { EcsError } from '../../ecs/core/errors.ts';
import { lastPart, primaryOf } from '../../live/core/deployment-bounds.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { Operations } from '../generated/types.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { resolveLink } from '../graph/entity.ts';
import { mustRead } from '../graph/may-read.ts';
import { deploymentCursor } from '../links/follow-deployment.ts';
import { revisionArnOf, serviceDeploymentOf } from '../links/task-origin.ts';
import { type PlannedCall, planWrite } from '../sdk-types/planned-call.ts';
import { SEMANTIC_NON_NULL } from '../sdk-types/semantic-non-null.ts';
import { changeArgs, revisionArg } from './change-args.ts';
import {
  type ChangeArgs,
  checkRevision,
  notAsExpected,
  oneAtATime,
  serviceToChange,
  writePart,
} from './service-to-change.ts';

type Service = Sources['Service'];
type RegisterInput = Operations['RegisterTaskDefinition']['input'];

interface ContainerImage {
  readonly container: string;
  readonly image: string;
}

interface DeployArgs extends ChangeArgs {
  readonly images: readonly ContainerImage[];
  readonly expectedRevision?: number | null | undefined;
}

interface DeployPayload {
  readonly service: Service | undefined;
  /** Undefined if nothing was registered. */
  readonly taskDefinitionArn: string | undefined;
  readonly plan: readonly PlannedCall[];
}

/** Adds `deployImages`. */
export function addDeployImages(graph: EcsGraph): void {
  const { builder } = graph;
  const payload = builder.objectRef<DeployPayload>('DeployImagesPayload').implement({
    description: 'What `deployImages` did, or would do.',
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
      plan: t.expose('plan', {
        type: [graph.mutations.plannedCall],
        nullable: false,
        description: 'The writes, in their order. Empty if the containers have these images already.',
      } as never),
    }),
  });
  const image = builder.inputType('ContainerImageInput', {
    description: 'A container of the task definition in use, and the image that it is to run.',
    fields: (t) => ({
      container: t.string({ required: true, description: 'The name of the container.' }),
      image: t.string({ required: true, description: 'The image, with its tag or digest.' }),
    }),
  });
  builder.mutationField('deployImages', (t) =>
    t.field({
      type: payload,
      description:
        'Deploys new images: registers a revision that differs in them only from the one in use, with its tags, and updates the service to it. ' +
        'Secrets and all else are copied by the server, so that nothing masked is lost. FAILED_PRECONDITION if the service uses another revision ' +
        'than `expectedRevision`. Under a key each write is done once. Costs one DescribeServices, DescribeTaskDefinition, ' +
        'RegisterTaskDefinition and UpdateService.',
      args: {
        ...changeArgs(t.arg),
        images: t.arg({
          type: [image],
          required: true,
          description: 'The containers that get another image, each once; others stay as they are.',
        }),
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
  const { dryRun, idempotencyKey } = args;
  checkImages(args.images);
  let plan: readonly PlannedCall[] = [
    { operation: 'RegisterTaskDefinition', input: undefined, changes: [] },
    { operation: 'UpdateService', input: undefined, changes: [] },
  ];
  const look = async () => {
    const service = await serviceToChange(context, args);
    const input = await nextRevision(graph, context, service, args);
    plan = planOf(service, input);
    return { service, input: input.next };
  };
  const current = dryRun === true || idempotencyKey == null ? await look() : undefined;
  if (dryRun === true) for (const { operation, input = {} } of plan) await planWrite(context, operation, input);
  if (current !== undefined && (dryRun === true || plan.length === 0))
    return { service: current.service, taskDefinitionArn: undefined, plan };
  const { replayed } = context.writes;
  const registered = await writePart(context, 'RegisterTaskDefinition', {
    mutation: 'deployImages',
    args,
    prepare: async () => (current ?? (await look())).input,
  });
  const taskDefinitionArn = registered.output.taskDefinition?.taskDefinitionArn;
  // Only a completed mutation counts as replayed.
  context.writes.replayed = replayed;
  try {
    const updated = await writePart(context, 'UpdateService', {
      mutation: 'deployImages',
      args,
      prepare: async () => {
        const { clusterArn, serviceArn } = current?.service ?? (await serviceToChange(context, args));
        return { cluster: clusterArn, service: serviceArn, taskDefinition: taskDefinitionArn };
      },
    });
    const made = plan.map((call) =>
      call.operation === 'UpdateService' && call.input !== undefined ? { ...call, input: updated.input } : call,
    );
    return { service: updated.output.service, taskDefinitionArn, plan: made };
  } catch (error) {
    const name = lastPart(taskDefinitionArn);
    throw error instanceof EcsError ? error.at(error.argument, `revision ${name} was registered before`) : error;
  }
}

function checkImages(images: readonly ContainerImage[]): void {
  if (images.length === 0) throw badUserInput('images', 'is empty: name a container and its image');
  for (const [index, { container, image }] of images.entries()) {
    if (image.trim() === '') throw badUserInput(`images.${index}.image`, 'must not be empty');
    if (images.findIndex((other) => other.container === container) !== index)
      throw badUserInput(`images.${index}.container`, 'is named twice');
  }
}

interface NextRevision {
  readonly before: TaskDefinition;
  readonly next: RegisterInput;
}

/** The revision to register: the one in use, as ECS describes it, with other images. */
async function nextRevision(
  graph: EcsGraph,
  context: GraphContext,
  { taskDefinition: arn }: Service,
  { images, expectedRevision }: DeployArgs,
): Promise<NextRevision> {
  if (arn === undefined) throw notAsExpected('service', 'The service has no task definition: its task sets have.');
  checkRevision({ taskDefinition: arn }, expectedRevision);
  await mustRead(context, 'TaskDefinition', arn);
  const { taskDefinition: before = {}, tags = [] } = await context.ecs.read('DescribeTaskDefinition', {
    taskDefinition: arn,
    include: ['TAGS'],
  });
  const { containerDefinitions = [] } = before;
  for (const [index, { container }] of images.entries()) {
    if (containerDefinitions.some(({ name }) => name === container)) continue;
    const names = containerDefinitions.map(({ name }) => name).join(', ');
    throw badUserInput(`images.${index}.container`, `is not a container of ${lastPart(arn)}: it has ${names}`);
  }
  const imageOf = new Map(images.map(({ container, image }) => [container, image]));
  const members = graph.model.request('RegisterTaskDefinition').map(({ name }) => name);
  const kept = Object.fromEntries(
    Object.entries(before).filter(([name, value]) => members.includes(name) && value !== undefined),
  );
  const next = {
    ...kept,
    containerDefinitions: containerDefinitions.map((container) => ({
      ...container,
      image: imageOf.get(container.name ?? '') ?? container.image,
    })),
    ...(tags.length > 0 && { tags }),
  };
  return { before, next: next as RegisterInput };
}

function planOf(service: Service, { before, next }: NextRevision): PlannedCall[] {
  const { taskDefinition, clusterArn, serviceArn } = service;
  const changes = (next.containerDefinitions ?? []).flatMap(({ name, image }) => {
    const old = before.containerDefinitions?.find((container) => container.name === name)?.image;
    return old === image ? [] : [{ field: `containers.${name}.image`, before: old ?? null, after: image ?? null }];
  });
  if (changes.length === 0) return [];
  const moved = { field: 'taskDefinition', before: lastPart(taskDefinition), after: null };
  return [
    { operation: 'RegisterTaskDefinition', input: next, changes },
    // The number of the revision is known once it is registered.
    {
      operation: 'UpdateService',
      input: { cluster: clusterArn, service: serviceArn, taskDefinition: null },
      changes: [moved],
    },
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
