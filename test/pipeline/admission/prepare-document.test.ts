import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createPrepare } from '../../../src/pipeline/admission/prepare-document.ts';
import { PreparedDocuments } from '../../../src/pipeline/admission/prepared-documents.ts';
import { testConfig } from '../../support/gateway/test-app.ts';
import { createTestSchema } from '../../support/gateway/test-schema.ts';

const prepare = createPrepare(createTestSchema().schema, testConfig());

describe('prepare', () => {
  it('keeps what it read of a document that can be run', () => {
    expect(prepare('{ hello }')).toBe(prepare('{ hello }'));
  });

  it.each([
    ['no GraphQL', '{ hello('],
    ['an unknown field', '{ hell }'],
    ['over a limit', `{ ${'hello '.repeat(6)} }`],
    ['a fragment that spreads itself', '{ item { ...A } } fragment A on Item { item { ...A } }'],
  ])('keeps nothing of one that was refused: %s', (_name, text) => {
    const [first, second] = [prepare(text), prepare(text)];
    expect(first.document).toBeUndefined();
    expect(first.errors[0]).toBeInstanceOf(GraphQLError);
    expect(second.errors[0]).not.toBe(first.errors[0]);
    expect(second.errors[0]?.message).toBe(first.errors[0]?.message);
  });

  it('makes errors without a stack, which would hold on to all that was on it', () => {
    expect(prepare('{ hell }').errors[0]?.stack).not.toContain('\n    at ');
    expect(new Error('after').stack).toContain('\n    at ');
  });
});

describe('prepared documents', () => {
  const document = (fields: number) => ({ measure: { tokens: 10, fields } });

  it('are kept within a bound of bytes, the latest asked for last to go', () => {
    const documents = new PreparedDocuments(100_000);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) documents.keep(name, document(5));
    expect(documents.get('a')).toBeDefined();
    // Each counts for 9,002 bytes: eleven fit.
    for (const name of ['j', 'k', 'l']) documents.keep(name, document(5));
    expect(['a', 'b', 'c', 'l'].map((name) => documents.get(name) !== undefined)).toEqual([true, false, true, true]);
  });

  it('are not driven out by any number that are asked for once', () => {
    const documents = new PreparedDocuments(300_000);
    const popular = ['a', 'b', 'c'];
    for (const name of popular) documents.keep(name, document(5));
    for (const name of popular) expect(documents.get(name)).toBeDefined();
    for (let index = 0; index < 1_000; index += 1) documents.keep(`once ${index}`, document(5));
    for (const name of popular) expect(documents.get(name)).toBeDefined();
    // The last 16 of the others might still be repeated.
    expect(documents.get('once 984')).toBeDefined();
    expect(documents.get('once 983')).toBeUndefined();
  });

  it('make room for new ones when all that are kept have been repeated', () => {
    const documents = new PreparedDocuments(100_000);
    const repeat = (name: string) => {
      documents.keep(name, document(5));
      return documents.get(name) !== undefined;
    };
    const old = Array.from({ length: 11 }, (_, index) => `old ${index}`);
    expect(old.map(repeat)).toEqual(old.map(() => true));
    expect(['new 0', 'new 1'].map(repeat)).toEqual([true, true]);
    for (let index = 0; index < 100; index += 1) documents.keep(`once ${index}`, document(5));
    // Documents that were sent once have driven out one more.
    expect([...old, 'new 0', 'new 1'].filter((name) => documents.get(name) === undefined)).toEqual(old.slice(0, 3));
  });

  it('leave out one that would drive out many', () => {
    const documents = new PreparedDocuments(100_000);
    documents.keep('small', document(1));
    documents.keep('large', document(20));
    expect(documents.get('large')).toBeUndefined();
    expect(documents.get('small')).toBeDefined();
  });
});
