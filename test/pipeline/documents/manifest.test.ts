import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../src/pipeline/documents/manifest.ts';

const apollo = (...operations: unknown[]) =>
  JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });

describe('parseManifest', () => {
  it.each([
    ['Relay', JSON.stringify({ '0f3b0c4f81f6b3b8f4a0c0de': '{ a }' }), 'map', '0f3b0c4f81f6b3b8f4a0c0de'],
    ['graphql-codegen', JSON.stringify({ 'sha256:ab12': '{ a }' }), 'map', 'ab12'],
    ['Apollo', apollo({ id: 'ab12', name: 'A', type: 'query', body: '{ a }' }), 'apollo', 'ab12'],
  ])('reads the manifest of %s', (_tool, text, format, id) => {
    expect(parseManifest(text)).toEqual({ format, documents: [{ id, text: '{ a }' }] });
  });

  it('keeps names of the language’s own prototype apart', () => {
    expect(parseManifest('{"constructor": "{ a }", "__proto__": "{ b }"}').documents.map(({ id }) => id)).toEqual([
      'constructor',
      '__proto__',
    ]);
  });

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'is not a manifest'],
    ['{}', 'lists no operation'],
    [apollo(), 'lists no operation'],
    ['{"format":"apollo-persisted-query","version":1,"operations":[]}', '"format" has to be'],
    ['{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}', '"version" has to be 1, not 2'],
    ['{"format":"apollo-persisted-query-manifest","version":1}', '"operations" has to be a list'],
    [apollo({ body: '{ a }' }), 'operations[0] needs an "id"'],
    [apollo({ id: 'a' }), 'operations[0].body has to be the text'],
    [apollo(1), 'operations[0] has to be an object'],
    ['{"a b": "{ a }"}', 'the id "a b" has to be'],
    ['{"a": {"text": "{ a }"}}', '"a" has to be the text'],
    ['{"a": " "}', '"a" has to be the text'],
    [apollo({ id: 'a', body: '{ a }' }, { id: 'a', body: '{ b }' }), 'the id "a" stands for two texts'],
  ])('refuses %s', (text, problem) => expect(() => parseManifest(text)).toThrow(problem));

  it('names at most twenty problems', () => {
    const text = JSON.stringify(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`a${i}`, ''])));
    expect(() => parseManifest(text)).toThrow(/and 30 more$/);
  });
});
