import type { FieldMap } from '@pothos/core';
import { defaultFieldResolver, type GraphQLResolveInfo } from 'graphql';
import { type EntityKind, KINDS } from '../../ecs/core/describe-specs.ts';
import type { Builder, Types } from '../core/builder.ts';
import type { GraphContext } from '../core/context.ts';
import type { NounName } from '../core/overrides.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import { SEMANTIC_NON_NULL } from '../sdk-types/semantic-non-null.ts';

/** The linked types that have tags. */
const TAGGABLE: ReadonlySet<NounName> = new Set([
  'CapacityProvider',
  'Cluster',
  'ContainerInstance',
  'Daemon',
  'DaemonTaskDefinition',
  'ExpressGatewayService',
  'Gateway',
  'Service',
  'Task',
  'TaskDefinition',
  'TaskSet',
]);

export function isTaggable(name: NounName): boolean {
  return TAGGABLE.has(name);
}

interface Tag {
  readonly key?: string | undefined;
  readonly value?: string | undefined;
}

const KEY = { required: true, description: 'The key of the tag, in its own case.' } as const;
const MEANING =
  'The value of the tag with this key; empty if the tag has no value. Null if there is no such tag. Shares the call of `tags`.';

/** Adds the interface of the types that have tags. */
export function addTaggable(builder: Builder, tag: () => unknown): PothosSchemaTypes.InterfaceRef<Types, object> {
  return builder.interfaceRef<object>('Taggable').implement({
    description: 'Anything that has tags.',
    fields: (t) => ({
      tags: t.field({
        type: [tag()] as never,
        nullable: { list: true, items: false },
        description: 'Its tags. Costs what the field of the type costs.',
        extensions: SEMANTIC_NON_NULL,
        resolve: () => [],
      } as never),
      tag: t.string({ args: { key: t.arg.string(KEY) }, description: MEANING, resolve: () => null }),
    }),
  });
}

/** The field `tag` of a type that has a field `tags`, with what that needs and costs. */
export function tagField<Source extends object>(name: NounName, t: ObjectFields<Source>): FieldMap {
  const isIncluded = name in KINDS && 'tags' in KINDS[name as EntityKind].includes && name !== 'TaskSet';
  return {
    tag: t.string({
      args: { key: t.arg.string(KEY) },
      description: MEANING,
      extensions: isIncluded ? { members: ['tags'] } : SEPARATE[name],
      resolve: async (source: unknown, { key }: { key: string }, context: GraphContext, info: GraphQLResolveInfo) => {
        const { resolve = defaultFieldResolver } = info.parentType.getFields().tags ?? {};
        const tags = (await resolve(source, {}, context, info)) as readonly Tag[] | null;
        const found = tags?.find((tag) => tag.key === key);
        return found === undefined ? null : (found.value ?? '');
      },
    } as never),
  };
}

/** Types whose tags are not asked for by an include of their Describe call. */
const SEPARATE: Partial<Readonly<Record<NounName, object>>> = {
  Daemon: { members: ['daemonArn'], operations: ['ListTagsForResource'], ecsCost: 1 },
  DaemonTaskDefinition: { members: ['daemonTaskDefinitionArn'], operations: ['ListTagsForResource'], ecsCost: 1 },
  Gateway: { members: ['tags'] },
  TaskSet: { members: ['tags', 'taskSetArn'], operations: ['DescribeTaskSets'], ecsCost: 1 },
};
