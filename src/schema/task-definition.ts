import type { ListInput } from '../ecs/list.ts';
import { listBinding } from './cursor.ts';
import type { EcsGraph } from './ecs-graph.ts';
import { checkedName, lookUp, resolveEntity } from './entity.ts';
import { pageArgs } from './page-args.ts';
import { pagedConnection } from './pages.ts';
import { selectedNodeMembers } from './selection.ts';
import { TASK_DEFINITION_WORDS } from './words/task-definition.ts';

/** Task definitions and their families: the types, links, look-ups, lists and writes. */
export function addTaskDefinition(graph: EcsGraph): void {
  const ref = graph.addEntity('TaskDefinition', {
    description: 'One revision of the description of a task. Immutable, but for its status and tags.',
    words: TASK_DEFINITION_WORDS,
    inCluster: false,
    fields: (t) => ({
      tags: t.expose('tags', {
        type: [graph.outputType('Tag')],
        nullable: { list: true, items: false },
        description: 'The tags of the revision. Asked for only when selected.',
      } as never),
    }),
  });

  graph.builder.queryFields((t) => ({
    taskDefinition: t.field({
      type: ref,
      description:
        'One revision by ARN, `family:revision`, or `family` for its latest ACTIVE one; null where there is none.',
      args: { taskDefinition: t.arg.string({ required: true, description: 'ARN, `family:revision` or `family`.' }) },
      extensions: { ecsCost: 1 },
      resolve: (_root, { taskDefinition }, context, info) =>
        lookUp(context, info, 'TaskDefinition', {
          id: checkedName(context, 'taskDefinition', 'task-definition', taskDefinition),
        }),
    }),
    taskDefinitions: t.field({
      type: graph.connection('TaskDefinition', ref),
      description:
        'Revisions, sorted by family and number. Costs one ListTaskDefinitions for each 100, and where more than ARN, family and number ' +
        'is read one DescribeTaskDefinition for each: ECS has no batch for them.',
      args: {
        ...graph.inputs.args('ListTaskDefinitions', t.arg, ['familyPrefix', 'status', 'sort'], {
          familyPrefix: 'Only revisions of this family (its full name).',
          status: 'ACTIVE, as by default, INACTIVE or DELETE_IN_PROGRESS.',
          sort: 'ASC, as by default, or DESC for the newest first.',
        }),
        ...pageArgs(t.arg),
      },
      extensions: { ecsCost: { list: 100, describe: 1 } },
      resolve: (_root, { first, after, ...filters }, context, info) => {
        const members = selectedNodeMembers(info, 'TaskDefinition');
        const input = graph.toAwsInput('ListTaskDefinitions', filters, '') as ListInput<'ListTaskDefinitions'>;
        const page = { first, after, binding: listBinding('taskDefinitions', context.ecs.scope, input) };
        return pagedConnection(context.ecs, page, 'ListTaskDefinitions', input, (arn) =>
          resolveEntity(context, 'TaskDefinition', { arn }, members),
        );
      },
    }),
  }));

  graph.mutation('RegisterTaskDefinition', {
    description: 'Registers a revision: the first of a new family, or the next of an existing one.',
  });
}
