import type { InputObjectRef } from '@pothos/core';
import type { Types } from '../core/builder.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

/** A filter for strings. All given conditions must hold; without any, every string passes. */
export interface StringFilter {
  readonly eq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
  readonly contains?: string | null | undefined;
  readonly startsWith?: string | null | undefined;
}

export function matchesText(filter: StringFilter | null | undefined, text: string): boolean {
  if (filter == null) return true;
  const lower = text.toLowerCase();
  return (
    (filter.eq == null || text === filter.eq) &&
    (filter.in == null || filter.in.includes(text)) &&
    (filter.contains == null || lower.includes(filter.contains.toLowerCase())) &&
    (filter.startsWith == null || lower.startsWith(filter.startsWith.toLowerCase()))
  );
}

/** A tag that a resource must have. */
export interface TagFilter {
  readonly key: string;
  readonly value?: StringFilter | null | undefined;
}

interface TextTag {
  readonly key?: string | undefined;
  readonly value?: string | undefined;
}

/** Whether the tags contain each requested one. */
export function matchesTags(filters: readonly TagFilter[] | null | undefined, tags: readonly TextTag[]): boolean {
  return (filters ?? []).every((filter) =>
    tags.some(({ key, value = '' }) => key === filter.key && matchesText(filter.value, value)),
  );
}

export interface FilterTypes {
  readonly text: InputObjectRef<Types, StringFilter>;
  readonly tag: InputObjectRef<Types, TagFilter>;
}

/** Adds the inputs. */
export function addFilterTypes({ builder }: EcsGraph): FilterTypes {
  const text = builder.inputType('StringFilter', {
    description: 'Conditions on a text. It must meet every one that is given.',
    fields: (t) => ({
      eq: t.string({ description: 'The whole text.' }),
      in: t.stringList({ description: 'One of these texts.' }),
      contains: t.string({ description: 'A part of the text, in upper or lower case.' }),
      startsWith: t.string({ description: 'The beginning of the text, in upper or lower case.' }),
    }),
  });
  const tag = builder.inputType('TagFilter', {
    description: 'A tag that a thing must have.',
    fields: (t) => ({
      key: t.string({ required: true, description: 'The key of the tag, in its own case.' }),
      value: t.field({ type: text, description: 'The condition on its value. Null lets every value through.' }),
    }),
  });
  return { text: text as never, tag: tag as never };
}
