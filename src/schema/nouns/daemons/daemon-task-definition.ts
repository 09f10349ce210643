import { pageArgs } from '../../connections/page-args.ts';
import { DAEMON_TASK_DEFINITION_WORDS } from '../../descriptions/daemon-task-definition.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { checkedName, lookUp } from '../../graph/entity.ts';
import { tagsField } from '../../links/tags-field.ts';
import { summaryConnection } from '../../lists/list-connection.ts';

/** Daemon task definitions: the type, its look-ups, list and writes. */
export function addDaemonTaskDefinition(graph: EcsGraph): void {
  const ref = graph.addEntity('DaemonTaskDefinition', {
    description: 'One revision of the description of the tasks of daemons. Immutable, but for its status and tags.',
    words: DAEMON_TASK_DEFINITION_WORDS,
    inCluster: false,
    fields: (t) => ({ tags: tagsField(graph, t, 'daemonTaskDefinitionArn') }),
  });

  graph.builder.queryFields((t) => ({
    daemonTaskDefinition: t.field({
      type: ref,
      description:
        'One revision by ARN, `family:revision`, or `family` for its latest ACTIVE one. Null if it does not exist. ' +
        'Costs one DescribeDaemonTaskDefinition.',
      args: {
        daemonTaskDefinition: t.arg.id({ required: true, description: 'Id, ARN, `family:revision` or `family`.' }),
      },
      extensions: { operations: ['DescribeDaemonTaskDefinition'], ecsCost: 1 },
      resolve: (_root, { daemonTaskDefinition: id }, context, info) =>
        lookUp(context, info, 'DaemonTaskDefinition', {
          id: checkedName(context, 'daemonTaskDefinition', 'daemon-task-definition', id),
        }),
    }),
    daemonTaskDefinitions: t.field({
      ...graph.listed('DaemonTaskDefinition', 'ListDaemonTaskDefinitions'),
      description:
        'Revisions, sorted by family and number. Costs one ListDaemonTaskDefinitions for each 100, and where more than ARN, family, ' +
        'number, status, `registeredBy` and times is read one DescribeDaemonTaskDefinition for each.',
      args: {
        ...graph.inputs.args(
          'ListDaemonTaskDefinitions',
          t.arg,
          ['familyPrefix', 'family', 'revision', 'status', 'sort'],
          {
            familyPrefix: 'Only families whose names start with this prefix.',
            family: 'Only revisions of this family.',
            revision: 'LAST_REGISTERED: only the newest revision of each family.',
            status: 'ACTIVE, as by default, DELETE_IN_PROGRESS, or ALL.',
            sort: 'ASC, as by default, or DESC for the newest first.',
          },
        ),
        ...pageArgs(t.arg),
      },
      resolve: (_root, args, context, info) =>
        summaryConnection(graph, context, info, 'daemonTaskDefinitions', args) as never,
    }),
  }));

  graph.mutation('RegisterDaemonTaskDefinition', {
    description: 'Registers a revision for daemons: the first of a new family, or the next of an existing one.',
  });
  graph.mutation('DeleteDaemonTaskDefinition', {
    description: 'Deletes a revision. It is DELETE_IN_PROGRESS as long as a daemon uses it.',
  });
}
