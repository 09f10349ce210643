import type { Deployment } from '@aws-sdk/client-ecs';
import type { ObjectRef } from '@pothos/core';
import type { ComputedTypes } from '../computed/types.ts';
import { inRange } from '../connections/argument-range.ts';
import type { Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput, notFound } from '../core/errors.ts';
import { ownEnum } from '../core/own-enum.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { checkedName } from '../graph/entity.ts';
import { serviceOf } from '../links/deployment-source.ts';
import { revisionArnOf } from '../links/task-origin.ts';
import type { ChangeKind, RevisionChange } from './revision-change.ts';
import { changesOfDefinition, changesOfRevision, readable } from './revisions.ts';
import { SUBJECTS } from './rules.ts';

type TaskDefinition = Sources['TaskDefinition'];
type ServiceDeployment = Sources['ServiceDeployment'];

const OF_DEPLOYMENT = ['sourceServiceRevisions', 'targetServiceRevision'];
const BETWEEN =
  'Order that has no meaning and defaults that ECS writes are ignored. Containers, variables, ports and other items are matched by ' +
  'name. Values that are hidden from the caller are masked.';

/** Adds the differences between revisions of task definitions and of services. */
export function addChanges(graph: EcsGraph, computed: ComputedTypes): ObjectRef<Types, RevisionChange> {
  const { builder, model } = graph;
  const change = addRevisionChange(graph, computed);
  const diff = builder.objectRef<TaskDefinitionDiff>('TaskDefinitionDiff').implement({
    description: 'The differences between two task definitions.',
    fields: (t) => ({
      from: t.field({
        type: graph.noun('TaskDefinition').ref,
        nullable: false,
        description: 'The task definition before the changes.',
        resolve: ({ from }) => from,
      }),
      to: t.field({
        type: graph.noun('TaskDefinition').ref,
        nullable: false,
        description: 'The task definition after the changes.',
        resolve: ({ to }) => to,
      }),
      changes: t.field({
        type: [change],
        nullable: false,
        description: `The differences, in the order of the members of a task definition. Empty if there is no difference. ${BETWEEN}`,
        resolve: ({ from, to }, _args, context) => changesOfDefinition(model, context, from, to),
      }),
    }),
  });
  builder.queryField('taskDefinitionDiff', (t) =>
    t.field({
      type: diff,
      nullable: false,
      description:
        'Compares two task definitions, also of different families. NOT_FOUND if one does not exist. Costs one DescribeTaskDefinition for each.',
      args: {
        from: t.arg.id({
          required: true,
          description: 'Id, ARN, `family:revision`, or `family` for its latest ACTIVE revision.',
        }),
        to: t.arg.id({
          required: true,
          description: 'Id, ARN, `family:revision`, or `family` for its latest ACTIVE revision.',
        }),
      },
      extensions: { operations: ['DescribeTaskDefinition'], ecsCost: 2 },
      resolve: async (_root, { from, to }, context) => {
        const [before, after] = await Promise.all([named(context, 'from', from), named(context, 'to', to)]);
        return { from: before, to: after };
      },
    }),
  );
  builder.objectFields(graph.noun('TaskDefinition').ref, (t) => ({
    changesSince: t.field({
      type: [change],
      nullable: { list: true, items: false },
      description:
        `The differences from an earlier revision of the family to this one. ${BETWEEN} Null for the first revision, and if the other revision was ` +
        'deleted. Costs one DescribeTaskDefinition.',
      args: {
        revision: t.arg.int({
          description: 'The number of the other revision, at least 1. Null means the previous number.',
          ...inRange(1),
        }),
      },
      extensions: { members: COMPARED, operations: ['DescribeTaskDefinition'], ecsCost: 1 },
      resolve: (definition, { revision }, context) => changesSince(graph, context, definition, revision),
    }),
  }));
  builder.objectFields(graph.noun('ServiceDeployment').ref, (t) => ({
    changes: t.field({
      type: [change],
      nullable: { list: true, items: false },
      description:
        'The differences from the newest of its source revisions to its target revision, task definition and image digests included. ' +
        `${BETWEEN} Null without a source revision, as for the first ` +
        'deployment of a service, and if ECS no longer has a revision. Costs one DescribeServiceRevisions for each 20 revisions and one ' +
        'DescribeTaskDefinition for each task definition.',
      extensions: { members: OF_DEPLOYMENT, ...COST },
      resolve: (deployment, _args, context) => changesOf(graph, context, deployment),
    }),
  }));
  builder.objectFields(graph.outputType('Deployment'), (t) => ({
    changes: t.field({
      type: [change],
      nullable: { list: true, items: false },
      description:
        'The changes that came with it: `changes` of its `serviceDeployment`. Costs one ListServiceDeployments for each service, one ' +
        'DescribeServiceDeployments for each 20, and the calls of that field.',
      extensions: {
        operations: ['ListServiceDeployments', 'DescribeServiceDeployments', ...COST.operations],
        ecsCost: { list: 100, describe: 5 },
      },
      resolve: async (slot, _args, context) => {
        const deployment = await deploymentOf(context, slot);
        return deployment === null ? null : changesOf(graph, context, deployment);
      },
    }),
  }));
  return change;
}

const COST = { operations: ['DescribeServiceRevisions', 'DescribeTaskDefinition'], ecsCost: { describe: 5 } };
const COMPARED = ['containerDefinitions', 'family', 'revision', 'taskDefinitionArn'];

interface TaskDefinitionDiff {
  readonly from: TaskDefinition;
  readonly to: TaskDefinition;
}

const KINDS: Readonly<Record<ChangeKind, string>> = {
  ADDED: 'The value is new.',
  REMOVED: 'The value is no longer there.',
  CHANGED: 'The value is another one.',
};

function addRevisionChange({ builder }: EcsGraph, { imageReference }: ComputedTypes): ObjectRef<Types, RevisionChange> {
  const kind = ownEnum(builder, 'RevisionChangeKind', 'The kind of a difference between two revisions.', KINDS);
  const subject = ownEnum(
    builder,
    'RevisionChangeSubject',
    'The part of a revision that a difference belongs to.',
    SUBJECTS,
  );
  return builder.objectRef<RevisionChange>('RevisionChange').implement({
    description: 'One difference between two revisions.',
    fields: (t) => ({
      path: t.exposeString('path', {
        nullable: false,
        description:
          'The member by the names of AWS, with items of lists by their name: `containers.web.environment.LOG_LEVEL`, `cpu`. A name with other ' +
          'characters is in brackets: `containers.web.dockerLabels["com.example.team"]`.',
      }),
      kind: t.expose('kind', { type: kind, nullable: false, description: 'Whether it was added, removed or changed.' }),
      subject: t.expose('subject', {
        type: subject,
        nullable: false,
        description: 'The part of the revision that it belongs to.',
      }),
      container: t.exposeString('container', { description: 'The name of the container. Null outside of containers.' }),
      before: t.exposeString('before', {
        description:
          'The value before: a text as it is, anything else as JSON. Null if it was added, and if the value is hidden.',
      }),
      after: t.exposeString('after', {
        description:
          'The value after: a text as it is, anything else as JSON. Null if it was removed, and if the value is hidden.',
      }),
      imageBefore: t.field({
        type: imageReference,
        description:
          'The parts of the image before, with the digest that a service revision resolved it to. Null unless the image of a container changed.',
        resolve: ({ imageBefore }) => imageBefore,
      }),
      imageAfter: t.field({
        type: imageReference,
        description:
          'The parts of the image after, with the digest that a service revision resolved it to. Null unless the image of a container changed.',
        resolve: ({ imageAfter }) => imageAfter,
      }),
      isMasked: t.exposeBoolean('isMasked', {
        nullable: false,
        description: 'True if a value, or a part of it, is hidden from the caller.',
      }),
      text: t.exposeString('text', {
        nullable: false,
        description: 'The difference as a sentence for people. Its form may change in any release.',
      }),
    }),
  });
}

/** @throws {GraphQLError} BAD_USER_INPUT or NOT_FOUND naming the argument */
async function named(context: GraphContext, argument: string, text: string): Promise<TaskDefinition> {
  const id = checkedName(context, argument, 'task-definition', text);
  const found = await context.loaders.of('TaskDefinition').load({ id });
  if (found === null) throw notFound(argument, `There is no task definition "${id}".`);
  return found;
}

async function changesSince(
  { model }: EcsGraph,
  context: GraphContext,
  definition: TaskDefinition,
  wanted: number | null | undefined,
): Promise<RevisionChange[] | null> {
  const { taskDefinitionArn: arn = '', revision = 1 } = definition;
  const other = wanted ?? revision - 1;
  if (wanted != null && wanted < 1) throw badUserInput('revision', `is ${wanted}: revisions begin at 1`);
  if (other < 1) return null;
  const before = await readable(context, 'TaskDefinition', arn.replace(/:\d+$/, `:${other}`));
  return before === null ? null : changesOfDefinition(model, context, before, definition);
}

/** The changes of a deployment, from the newest revision that it replaces. */
async function changesOf(
  { model }: EcsGraph,
  context: GraphContext,
  { sourceServiceRevisions = [], targetServiceRevision }: ServiceDeployment,
): Promise<RevisionChange[] | null> {
  const target = targetServiceRevision?.arn;
  const source = sourceServiceRevisions
    .flatMap(({ arn }) => (arn === undefined || arn === target ? [] : [arn]))
    .sort((one, other) => numberOf(other) - numberOf(one))[0];
  return source === undefined || target === undefined ? null : changesOfRevision(model, context, source, target);
}

/** Numbers of revisions contain their time. */
function numberOf(arn: string): number {
  return Number(/\/(\d+)$/.exec(arn)?.[1] ?? 0);
}

async function deploymentOf(context: GraphContext, slot: Deployment): Promise<ServiceDeployment | null> {
  const service = serviceOf(slot);
  const { serviceArn = '', clusterArn = '' } = service;
  const revision = revisionArnOf(service, slot.id);
  if (revision === undefined) return null;
  const recent = await context.loaders.recentDeployments.load({ serviceArn, clusterArn });
  const id = recent.find(({ targetServiceRevisionArn }) => targetServiceRevisionArn === revision)?.serviceDeploymentArn;
  return id === undefined ? null : context.loaders.of('ServiceDeployment').load({ id, members: OF_DEPLOYMENT });
}
