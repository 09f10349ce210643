import type { GraphQLResolveInfo } from 'graphql';
import { parseArn } from '../../ecs/core/arn.ts';
import { blameFor } from '../core/blame.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { NounName } from '../core/overrides.ts';
import { readReference } from '../core/reference.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { checkOwner } from '../graph/entity.ts';
import { tagsOf } from '../links/tags-field.ts';

/** The noun of an ARN, by its resource type. */
const NOUN_OF: Readonly<Record<string, NounName>> = {
  'capacity-provider': 'CapacityProvider',
  cluster: 'Cluster',
  'container-instance': 'ContainerInstance',
  daemon: 'Daemon',
  'daemon-task-definition': 'DaemonTaskDefinition',
  gateway: 'Gateway',
  service: 'Service',
  task: 'Task',
  'task-definition': 'TaskDefinition',
  'task-set': 'TaskSet',
};

/** Tags of any resource: their list and writes. */
export function addTags(graph: EcsGraph): void {
  graph.builder.queryFields((t) => ({
    tags: t.field({
      type: [graph.outputType('Tag')],
      nullable: { list: true, items: false },
      description:
        'The tags of any ECS resource. Costs one ListTagsForResource; the field `tags` of a type is cheaper for many at once.',
      args: { resourceArn: t.arg.id({ required: true, description: 'Id or ARN of what has the tags.' }) },
      extensions: { operations: ['ListTagsForResource'], ecsCost: 1 },
      resolve: (_root, { resourceArn }, context) => {
        const { text } = readReference(context.ecs.scope.region, 'resourceArn', undefined, resourceArn);
        const arn = parseArn(text);
        if (arn === undefined) throw badUserInput('resourceArn', 'is neither an id nor a well-formed ECS ARN');
        checkOwner(context, 'resourceArn', arn);
        return tagsOf(context, text).catch(blameFor('resourceArn'));
      },
    }),
  }));

  addTagMutation(graph, 'TagResource', 'Sets tags of a resource. A key that is there gets the new value; others stay.');
  addTagMutation(
    graph,
    'UntagResource',
    'Removes tags of a resource by their keys. A key that is not there is no error.',
  );
}

type ResourceResolver = (
  source: { readonly input: { readonly resourceArn: string | undefined } },
  args: object,
  context: GraphContext,
  info: GraphQLResolveInfo,
) => Promise<object | null | undefined> | null;

/** ECS returns nothing for either; the payload reads the resource again. */
function addTagMutation(graph: EcsGraph, operation: 'TagResource' | 'UntagResource', description: string): void {
  graph.mutation(operation, {
    description,
    fields: (t) => ({
      resource: t.field({
        type: graph.nodeInterface as never,
        description: 'The resource; null where it cannot be found by its ARN alone. Costs one Describe call.',
        extensions: { ecsCost: 1 },
        resolve: (({ input }, _args, context, info) => {
          const type = NOUN_OF[parseArn(input.resourceArn ?? '')?.type ?? ''];
          if (type === undefined) return null;
          return graph
            .fetchNode({ type, parts: [input.resourceArn ?? ''] }, context, info)
            .then((node) => node ?? null);
        }) satisfies ResourceResolver as never,
      }),
      tags: t.field({
        type: [graph.outputType('Tag')],
        nullable: { list: true, items: false },
        description: 'The tags that it has now. Costs one ListTagsForResource.',
        extensions: { operations: ['ListTagsForResource'], ecsCost: 1 },
        resolve: ({ input: { resourceArn = '' } }, _args, context) => tagsOf(context, resourceArn),
      }),
    }),
  });
}
