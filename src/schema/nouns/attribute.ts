import type { ListInput } from '../../ecs/core/list-operations.ts';
import { listBinding } from '../connections/cursor.ts';
import { clusterArg, pageArgs } from '../connections/page-args.ts';
import { pagedConnection } from '../connections/pagination.ts';
import { nullWhereNotFound } from '../core/errors.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { checkedName } from '../graph/entity.ts';

/** Attributes of container instances: their list and writes. They have no id of their own. */
export function addAttribute(graph: EcsGraph): void {
  graph.builder.queryFields((t) => ({
    attributes: t.field({
      type: graph.connection('Attribute', graph.outputType('Attribute')),
      description:
        'The attributes of the container instances of a cluster; `targetId` is the ARN of the instance. Null if the cluster does not exist. Costs one ListAttributes for each 100.',
      args: {
        cluster: clusterArg(t.arg),
        targetType: t.arg({
          type: graph.enumType('TargetType'),
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
      extensions: { operations: ['ListAttributes'], ecsCost: { list: 100 } },
      resolve: (_root, { first, after, cluster, ...filters }, context) => {
        const asked = graph.toAwsInput('ListAttributes', filters, '') as ListInput<'ListAttributes'>;
        const input = { ...asked, cluster: checkedName(context, 'cluster', 'cluster', cluster ?? 'default') };
        const page = { first, after, binding: listBinding('attributes', context.ecs.scope, input) };
        return nullWhereNotFound(
          pagedConnection(context.ecs, page, 'ListAttributes', input, (attribute) => attribute, {
            keyOf: ({ targetId, name }) => `${targetId} ${name}`,
          }),
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
