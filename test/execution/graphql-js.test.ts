import { buildSchema, GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createReferenceExecute } from '../../src/execution/graphql-js.ts';

const schema = buildSchema('type Query { list: [Item] later: Int } type Item { id: Int }');
const execute = createReferenceExecute(schema);
const list = [{ id: 1 }, { id: 2 }, { id: 3 }];
const tooLarge = () => new GraphQLError('too large');

describe('the executor of graphql-js behind our interface', () => {
  it('counts the objects of an answer, and refuses one with too many', async () => {
    const document = parse('{ list { id } __schema { types { name } } }');
    const tally = { objects: 0 };
    const result = await execute({ document, rootValue: { list }, maxObjects: 3, tooLarge, tally });
    expect(result.data).toMatchObject({ list });
    expect(tally.objects).toBe(3);
    expect(await execute({ document, rootValue: { list }, maxObjects: 2, tooLarge })).toEqual({ errors: [tooLarge()] });
  });

  it('answers when its signal ends, whatever still runs', async () => {
    const ended = new AbortController();
    const result = execute({
      document: parse('{ later }'),
      rootValue: { later: () => new Promise(() => {}) },
      signal: ended.signal,
    });
    ended.abort();
    expect(await result).toEqual({ errors: [new GraphQLError('The execution was ended.')] });
  });
});
