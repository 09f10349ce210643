import type * as sdk from '@aws-sdk/client-ecs';
import { includesFor } from '../../ecs/core/describe-specs.ts';
import type { ListInput } from '../../ecs/core/list-operations.ts';
import { listBinding } from '../connections/cursor.ts';
import { pageArgs } from '../connections/page-args.ts';
import { pagedConnection } from '../connections/pagination.ts';
import { blaming } from '../core/blame.ts';
import { CAPACITY_PROVIDER_WORDS } from '../descriptions/capacity-provider.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { checkedName, lookUp } from '../graph/entity.ts';
import { selectedNodeMembers } from '../graph/selection.ts';

/** Capacity providers: the type, its look-ups, list and writes. */
export function addCapacityProvider(graph: EcsGraph): void {
  const ref = graph.addEntity('CapacityProvider', {
    description:
      'Where tasks find room: FARGATE, FARGATE_SPOT, an Auto Scaling group, or instances that ECS itself manages for one cluster.',
    words: CAPACITY_PROVIDER_WORDS,
    inCluster: false,
  });

  graph.builder.queryFields((t) => ({
    capacityProvider: t.field({
      type: ref,
      description:
        'One capacity provider by id, ARN or name. Null if it does not exist. Costs one DescribeCapacityProviders.',
      args: { capacityProvider: t.arg.id({ required: true, description: 'Id, ARN or name.' }) },
      extensions: { operations: ['DescribeCapacityProviders'], ecsCost: 1 },
      resolve: (_root, { capacityProvider }, context, info) =>
        lookUp(context, info, 'CapacityProvider', {
          id: checkedName(context, 'capacityProvider', 'capacity-provider', capacityProvider),
        }),
    }),
    capacityProviders: t.field({
      type: graph.connection('CapacityProvider', ref),
      description:
        'Capacity providers. NOT_FOUND if `cluster` does not exist. Costs one DescribeCapacityProviders for each 10: ECS has no other list of them.',
      args: {
        ...graph.inputs.args('DescribeCapacityProviders', t.arg, ['capacityProviders', 'cluster'], {
          capacityProviders: 'Only these, by name or ARN; up to 100. Null means all.',
          cluster:
            'Only capacity providers that this cluster can use, including its Managed Instances providers: name or ARN.',
        }),
        ...pageArgs(t.arg),
      },
      extensions: { operations: ['DescribeCapacityProviders'], ecsCost: { list: 10 } },
      resolve: (_root, { first, after, ...filters }, context, info) => {
        const include = includesFor('CapacityProvider', selectedNodeMembers(info, 'CapacityProvider'));
        const input = graph.toAwsInput(context, 'DescribeCapacityProviders', filters);
        const page = { first, after, binding: listBinding('capacityProviders', context.ecs.scope, input) };
        const list = { ...input, include } as ListInput<'DescribeCapacityProviders'>;
        const toNode = (provider: sdk.CapacityProvider) =>
          provider.name === undefined
            ? context.ecs.describe({ kind: 'CapacityProvider', id: provider.capacityProviderArn ?? '', include })
            : context.ecs.corrected('CapacityProvider', provider, include);
        return blaming(
          pagedConnection(context.ecs, page, 'DescribeCapacityProviders', list, toNode, {
            keyOf: ({ capacityProviderArn }) => capacityProviderArn,
            itemOf: (capacityProviderArn) => ({ capacityProviderArn }),
          }),
          filters,
        );
      },
    }),
  }));

  graph.mutation('CreateCapacityProvider', {
    description:
      'Creates a capacity provider from an Auto Scaling group, or one whose instances ECS manages for one cluster. ' +
      'The name must not begin with aws, ecs or fargate.',
  });
  graph.mutation('UpdateCapacityProvider', {
    description:
      'Changes the managed scaling, draining and protection of a capacity provider, or its managed instances.',
  });
  graph.mutation('DeleteCapacityProvider', {
    description:
      'Deletes a capacity provider. First no service and no cluster may name it any more; its instances stay. ' +
      'FARGATE and FARGATE_SPOT cannot be deleted.',
  });
}
