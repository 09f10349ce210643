import type { Attribute } from '@aws-sdk/client-ecs';
import { recordKeyOf } from '../../ecs/consistency/written-records.ts';
import type { ListInput } from '../../ecs/core/list-operations.ts';
import { clustersArg, pageArgs } from '../connections/page-args.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { clusterPages } from '../lists/cluster-pages.ts';

/** Attributes of container instances: their list and writes. They have no id of their own. */
export function addAttribute(graph: EcsGraph): void {
  graph.builder.queryFields((t) => ({
    attributes: t.field({
      type: graph.connection('Attribute', graph.outputType('Attribute')),
      description:
        'The attributes of the container instances of all clusters, or of some; `targetId` is the instance. Costs one ListAttributes for each ' +
        'cluster read and each 100, and one ListClusters for each 100 where no cluster is named.',
      args: {
        clusters: clustersArg(t.arg),
        targetType: t.arg({
          type: graph.inputEnumType('TargetType'),
          required: true,
          defaultValue: 'container-instance',
          description: 'The kind of target. ECS supports container instances only.',
        }),
        ...graph.inputs.args('ListAttributes', t.arg, ['attributeName', 'attributeValue'], {
          attributeName: 'Only attributes of this name.',
          attributeValue: 'Only attributes of this value; needs `attributeName` beside it.',
        }),
        ...pageArgs(t.arg),
      },
      extensions: { operations: ['ListClusters', 'ListAttributes'], ecsCost: { list: 100, clusters: 'lists' } },
      resolve: (_root, { first, after, clusters, ...args }, context) => {
        const { cluster: _none, ...filters } = graph.toAwsInput(context, 'ListAttributes', args);
        return clusterPages(
          context,
          { first, after, clusters },
          {
            name: 'attributes',
            operation: 'ListAttributes',
            filters,
            inputOf: (cluster): ListInput<'ListAttributes'> => ({ ...filters, targetType: args.targetType, cluster }),
            toNode: (attribute) => attribute,
            naming: {
              keyOf: (item) => recordKeyOf('ListAttributes', item),
              itemOf: (key) => context.ecs.writtenRecord('ListAttributes', key) as Attribute,
            },
          },
        );
      },
    }),
  }));

  graph.mutation('PutAttributes', {
    description:
      'Sets up to 10 custom attributes of container instances, which placement constraints can then refer to. One that is there gets the new value.',
  });
  graph.mutation('DeleteAttributes', {
    description:
      'Removes up to 10 custom attributes. One that is given with a value is removed only where it has that value.',
  });
}
