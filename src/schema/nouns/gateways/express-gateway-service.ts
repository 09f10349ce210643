import type { GraphQLObjectType } from 'graphql';
import { EXPRESS_GATEWAY_SERVICE_WORDS } from '../../descriptions/express-gateway-service.ts';
import type { EcsGraph } from '../../graph/ecs-graph.ts';
import { lookUp, resolveEntity, resolveLink } from '../../graph/entity.ts';
import { selectedMembers } from '../../graph/selection.ts';
import { arnOfReference } from '../../sdk-types/expand-names.ts';

/** Express services: the type, its links, look-up and writes. They are listed as services. */
export function addExpressGatewayService(graph: EcsGraph): void {
  const ref = graph.addEntity('ExpressGatewayService', {
    description:
      'A service that is defined by its container: ECS creates the network, the load balancer, the scaling and the rest. ' +
      'The Express service is an ordinary service too, with the same ARN; `services(resourceManagementType: ECS)` lists them.',
    words: EXPRESS_GATEWAY_SERVICE_WORDS,
    arnMember: 'serviceArn',
    inCluster: false,
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The same as an ordinary service. Costs no call where only its name or ARN is read.',
        extensions: { members: ['serviceArn'], operations: ['DescribeServices'], ecsCost: { describe: 10 } },
        resolve: ({ serviceArn = '' }, _args, context, info) =>
          resolveLink(context, info, 'Service', { arn: serviceArn }),
      }),
    }),
  });

  graph.builder.queryFields((t) => ({
    expressGatewayService: t.field({
      type: ref,
      description:
        'One Express service. Null if it does not exist. Costs one DescribeExpressGatewayService, and one DescribeClusters for a name: it is ' +
        'looked for in the cluster `default`.',
      args: { serviceArn: t.arg.id({ required: true, description: 'Id, ARN or name.' }) },
      extensions: { operations: ['DescribeExpressGatewayService'], ecsCost: 1 },
      resolve: async (_root, { serviceArn }, context, info) =>
        lookUp(context, info, 'ExpressGatewayService', {
          id: await arnOfReference(context, 'ExpressGatewayService', 'serviceArn', serviceArn),
        }),
    }),
  }));

  graph.mutation('CreateExpressGatewayService', {
    description:
      'Creates an Express service with a load balancer, security groups, scaling and a URL. Express services can share a load balancer.',
  });
  graph.mutation('UpdateExpressGatewayService', {
    description: 'Changes an Express service, which starts a deployment. Members that are not given keep their values.',
    fields: (t) => ({
      service: t.field({
        type: ref,
        description:
          'The service. Costs no call where only name, ARN, cluster, status and times are read, otherwise one DescribeExpressGatewayService.',
        extensions: { operations: ['DescribeExpressGatewayService'], ecsCost: 1 },
        resolve: ({ output }, _args, context, info) => {
          const { serviceArn: arn, targetConfiguration: _target, ...known } = output.service ?? {};
          if (arn === undefined) return null;
          const members = selectedMembers(info, info.schema.getType('ExpressGatewayService') as GraphQLObjectType);
          return resolveEntity(context, 'ExpressGatewayService', { arn }, members, known);
        },
      }),
      targetConfiguration: t.field({
        type: graph.outputType('ExpressGatewayServiceConfiguration'),
        description: 'The target of the change.',
        resolve: ({ output }) => output.service?.targetConfiguration ?? null,
      }),
    }),
  });
  graph.mutation('DeleteExpressGatewayService', {
    description:
      'Deletes an Express service and the resources that ECS created for it. It is DRAINING until its tasks have stopped.',
  });
}
