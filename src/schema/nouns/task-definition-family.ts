import type { ListInput } from '../../ecs/core/list-operations.ts';
import { listPage } from '../../ecs/lists/list.ts';
import { CONSOLE_URL, familyUrl } from '../computed/console-url.ts';
import { listBinding } from '../connections/cursor.ts';
import { pageArgs } from '../connections/page-args.ts';
import { pagedConnection } from '../connections/pagination.ts';
import { encodeNodeId } from '../core/node-id.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { lookUp } from '../graph/entity.ts';
import { arnConnection } from '../lists/list-connection.ts';

/** To ECS a family is only a name; here it links to its revisions. */
export interface FamilySource {
  readonly family: string;
}

const FAMILY = 'TaskDefinitionFamily';

/** Task definition families: the type, its links and its list. */
export function addTaskDefinitionFamily(graph: EcsGraph): void {
  const ref = graph.builder.objectRef<FamilySource>('TaskDefinitionFamily').implement({
    description: 'The name under which revisions of a task definition are numbered.',
    interfaces: [graph.nodeInterface] as never,
    fields: (t) => ({
      id: t.id({
        nullable: false,
        description: 'Opaque and stable: accepted by `node(id)`, and a key for caches.',
        resolve: ({ family }) => encodeNodeId({ type: FAMILY, parts: [family] }),
      }),
      family: t.exposeString('family', { nullable: false, description: 'The name.' }),
      consoleUrl: t.string({
        description: `The list of its revisions ${CONSOLE_URL}`,
        resolve: ({ family }, _args, { ecs, services }) =>
          services.server.isAws ? familyUrl(family, ecs.scope.region) : null,
      }),
      latest: t.field({
        type: graph.noun('TaskDefinition').ref,
        description: 'Its latest ACTIVE revision. Null if no revision is ACTIVE. Costs one DescribeTaskDefinition.',
        extensions: { operations: ['DescribeTaskDefinition'], ecsCost: 1 },
        resolve: ({ family }, _args, context, info) => lookUp(context, info, 'TaskDefinition', { id: family }),
      }),
      taskDefinitions: t.field({
        ...graph.listed('TaskDefinition', 'ListTaskDefinitions'),
        description: 'Its revisions. Costs as `Query.taskDefinitions`.',
        args: {
          ...graph.inputs.args('ListTaskDefinitions', t.arg, ['status', 'sort'], {
            status: 'ACTIVE, as by default, INACTIVE or DELETE_IN_PROGRESS.',
            sort: 'ASC, as by default, or DESC for the newest first.',
          }),
          ...pageArgs(t.arg),
        },
        resolve: ({ family }, args, context, info) =>
          arnConnection(graph, context, info, 'taskDefinitions', args, { familyPrefix: family }),
      }),
    }),
  });

  graph.addFetcher(FAMILY, async ({ parts: [family] }, { access, ecs }) => {
    if (access?.mayReadFamily(family).isAllowed === false) return { family };
    const { items } = await listPage(ecs, 'ListTaskDefinitionFamilies', { familyPrefix: family, status: 'ALL' });
    // Sorted by name: the family comes before those that only begin with its name.
    return items.includes(family) ? { family } : null;
  });

  graph.builder.queryFields((t) => ({
    taskDefinitionFamilies: t.field({
      type: graph.connection('TaskDefinitionFamily', ref),
      description: 'Families in the order of their names. Costs one ListTaskDefinitionFamilies for each 100.',
      args: {
        ...graph.inputs.args('ListTaskDefinitionFamilies', t.arg, ['familyPrefix', 'status'], {
          familyPrefix: 'Only families whose names start with this prefix.',
          status: 'ALL (default), ACTIVE (families with an ACTIVE revision) or INACTIVE (families without one).',
        }),
        ...pageArgs(t.arg),
      },
      extensions: { operations: ['ListTaskDefinitionFamilies'], ecsCost: { list: 100 } },
      resolve: (_root, { first, after, ...filters }, context) => {
        const input = graph.toAwsInput(
          context,
          'ListTaskDefinitionFamilies',
          filters,
        ) as ListInput<'ListTaskDefinitionFamilies'>;
        const page = { first, after, binding: listBinding('taskDefinitionFamilies', context.ecs.scope, input) };
        return pagedConnection(context.ecs, page, 'ListTaskDefinitionFamilies', input, (family) => ({ family }));
      },
    }),
  }));
}
