import type { Tag } from '@aws-sdk/client-ecs';
import type { GraphContext } from '../core/context.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';

/** A field `tags` for a kind whose Describe does not return them. */
export function tagsField<Source extends object>(
  graph: EcsGraph,
  t: ObjectFields<Source>,
  arnMember: keyof Source & string,
) {
  return t.field({
    type: [graph.outputType('Tag')],
    nullable: { list: true, items: false },
    description: 'Its tags. Costs one ListTagsForResource for each.',
    extensions: { members: [arnMember], operations: ['ListTagsForResource'], ecsCost: 1 },
    resolve: (source: unknown, _args: object, context: GraphContext) =>
      tagsOf(context, String((source as Source)[arnMember])),
  } as never);
}

export async function tagsOf(context: GraphContext, resourceArn: string): Promise<Tag[]> {
  const { tags } = await context.ecs.read('ListTagsForResource', { resourceArn });
  return tags ?? [];
}
