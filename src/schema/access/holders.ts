import type { EntityKind } from '../../ecs/core/describe-specs.ts';

/** How policies decide about objects without a resource type of their own. */
export type Holder = { readonly noun: EntityKind; readonly source: object } | { readonly family: string };

interface Held {
  /** The type whose fields contain it without another decision. */
  readonly within: string;
  /** Finds the holder of an object that was read by its id or through a link. */
  readonly holderOf: (source: never) => Holder;
}

/** Types with ids that are not nouns of policies: a caller that may read their holder may read them. */
export const HELD: Readonly<Record<string, Held>> = {
  Container: {
    within: 'Task',
    holderOf: ({ task }: { readonly task: object }) => ({ noun: 'Task', source: task }),
  },
  DeploymentSlot: {
    within: 'Service',
    holderOf: ({ service }: { readonly service: object }) => ({ noun: 'Service', source: service }),
  },
  TaskDefinitionFamily: {
    within: 'TaskDefinitionFamilyConnection',
    holderOf: ({ family }: { readonly family: string }) => ({ family }),
  },
};

export function holderOf(type: string, source: object): Holder | undefined {
  return HELD[type]?.holderOf(source as never);
}
