import type { GraphQLResolveInfo } from 'graphql';
import { parseArn } from '../../ecs/core/arn.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { decodeNodeId } from '../core/node-id.ts';
import { checkRegion } from '../core/reference.ts';
import type { EcsGraph } from './ecs-graph.ts';
import { checkOwner } from './entity.ts';

const MOST_IDS = 100;

/** Relay's `node` look-ups by id. */
export function addNode(graph: EcsGraph): void {
  graph.builder.queryFields((t) => ({
    node: t.field({
      type: graph.nodeInterface as never,
      description: 'The object with this id. Null if it does not exist. Costs one Describe call.',
      args: { id: t.arg.id({ required: true, description: 'The `id` of any Node.' }) },
      extensions: { ecsCost: 1 },
      resolve: (_root, { id }, context, info) => fetchNode(graph, String(id), 'id', context, info) as never,
    }),
    nodes: t.field({
      type: [graph.nodeInterface] as never,
      nullable: { list: true, items: true } as never,
      description:
        'The objects with these ids, in the same order. Null for each that does not exist. Ids of one type share Describe calls.',
      args: { ids: t.arg.idList({ required: true, description: `Up to ${MOST_IDS} ids.` }) },
      extensions: { ecsCost: 1 },
      resolve: (_root, { ids }, context, info) => {
        if (ids.length > MOST_IDS) throw badUserInput('ids', `must not be more than ${MOST_IDS}`);
        return ids.map((id) => fetchNode(graph, String(id), 'ids', context, info)) as never;
      },
    }),
  }));
}

async function fetchNode(
  graph: EcsGraph,
  id: string,
  argument: string,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<object | null> {
  const key = decodeNodeId(id, argument);
  const arn = parseArn(key.parts[0]);
  if (arn !== undefined) {
    checkRegion(context.ecs.scope.region, argument, arn.region);
    checkOwner(context, argument, arn);
  }
  const node = await graph.fetchNode(key, context, info);
  if (node === undefined)
    throw badUserInput(
      argument,
      `is not an id that this API gave out, or one of a type that the schema served here lacks (SCHEMA)`,
    );
  return node;
}
