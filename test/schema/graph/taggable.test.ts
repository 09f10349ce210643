import { isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { encodeNodeId } from '../../../src/schema/core/node-id.ts';
import { createFakeWorld } from '../../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS } from '../../support/ecs/one-of-each.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

const schema = sharedSchema();
const taggable = schema.getType('Taggable');
const kinds = isInterfaceType(taggable)
  ? schema
      .getPossibleTypes(taggable)
      .map(({ name }) => name)
      .sort()
  : [];

describe('Taggable', () => {
  it('is every Node that has tags', () => {
    const withTags = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter((type) => type.getInterfaces().some(({ name }) => name === 'Node') && 'tags' in type.getFields());
    expect(kinds).toEqual(withTags.map(({ name }) => name).sort());
    expect(kinds).toHaveLength(11);
  });

  it.each(kinds)('%s: `tag` finds one by its key in the call that reads `tags`', async (kind) => {
    const tags = [{ key: 'team', value: 'shop' }, { key: 'bare' }];
    await using world = await createFakeWorld((operation, input) => {
      const output = ANSWERS[operation]?.(input) ?? {};
      if (operation === 'ListTagsForResource' || operation === 'DescribeTaskDefinition') return { ...output, tags };
      const asked =
        operation === 'DescribeGateway' || (input.include as string[] | undefined)?.includes('TAGS') === true;
      const tagged = (value: unknown) => (asked ? { ...(value as object), tags } : value);
      return Object.fromEntries(
        Object.entries(output).map(([name, value]) => [name, Array.isArray(value) ? value.map(tagged) : tagged(value)]),
      );
    });
    const id = encodeNodeId({ type: kind, parts: [ARNS[kind as keyof typeof ARNS]] });
    const read = (fields: string) =>
      world
        .query<{ node: object }>(`{ node(id: "${id}") { ... on Taggable { ${fields} } } }`)
        .then((answer) => ({ ...answer, counts: world.counts() }));
    const both = await read('tags { key value } team: tag(key: "team") bare: tag(key: "bare") none: tag(key: "Team")');
    expect(both.errors).toBeUndefined();
    expect(both.data?.node).toEqual({
      tags: [
        { key: 'team', value: 'shop' },
        { key: 'bare', value: '' },
      ],
      team: 'shop',
      bare: '',
      none: null,
    });
    const one = await read('tag(key: "team")');
    expect(one.data?.node).toEqual({ tag: 'shop' });
    expect(one.counts).toEqual((await read('tags { key }')).counts);
  });
});
