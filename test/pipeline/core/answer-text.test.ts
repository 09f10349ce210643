import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { answerText, IS_SCHEMA, IS_SHORT } from '../../../src/pipeline/core/answer-text.ts';
import type { Turns } from '../../../src/turns/turns.ts';

const turns: Turns = {
  isOver: () => false,
  next: async () => undefined,
  take: () => undefined,
  isCrowding: () => false,
  forget: () => undefined,
};
const schemaOf = (length: number) => ({
  data: { __schema: { types: [{ name: 'x'.repeat(length) }] } },
  [IS_SCHEMA]: true,
});

describe('the text of an answer with the schema', () => {
  it.each([[10], [0]])('may be as long as tools need it: MAX_RESPONSE %i', async (most) => {
    expect((await answerText(schemaOf(3_900_000), { turns, most })).length).toBeGreaterThan(3_900_000);
  });

  it.each([
    [10, 4_000_001, 4_000_000],
    [5_000_000, 5_000_001, 5_000_000],
  ])('has a limit that aliases meet: MAX_RESPONSE %i', async (most, length, limit) => {
    const { errors } = JSON.parse(await answerText(schemaOf(length), { turns, most }));
    expect(errors).toMatchObject([
      {
        message: `The answer has more than ${limit} characters (MAX_RESPONSE). Ask for the schema once, without aliases.`,
        extensions: { code: 'RESPONSE_TOO_LARGE' },
      },
    ]);
  });
});

describe('the text of an answer with few objects', () => {
  const data = { list: [{ text: 'ä"\n' }, null], none: undefined };
  const errors = [new GraphQLError('no', { extensions: { code: 'NOT_FOUND' } })];

  it('is the same as of any other, and waits for no turn', async () => {
    const busy: Turns = { ...turns, isOver: () => true, next: () => new Promise(() => undefined) };
    for (const result of [{ data }, { data, errors, extensions: { cost: 1 } }, { data: null, errors }]) {
      const short = { ...result, [IS_SHORT]: true };
      const text = await answerText(short, { turns: busy });
      expect(text).toBe(await answerText(result, { turns }));
    }
  });

  it('is refused above MAX_RESPONSE, too', async () => {
    const short = { data, [IS_SHORT]: true };
    const answer = await answerText(short, { turns, most: 10 });
    expect(JSON.parse(answer).errors).toMatchObject([{ extensions: { code: 'RESPONSE_TOO_LARGE' } }]);
  });
});
