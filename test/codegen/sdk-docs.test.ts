import { GraphQLObjectType, isInputObjectType, isObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { declarationFiles } from '../../src/codegen/sdk.ts';
import { readSdkDocs, toMarkdown } from '../../src/codegen/sdk-docs.ts';
import { introspects } from '../../src/pipeline/admission/introspection-limits.ts';
import { beforeIntrospection, readSdkDocs as readBuiltDocs } from '../../src/pipeline/introspection.ts';
import { describeFromSdk } from '../../src/schema/graph/sdk-docs.ts';
import { createSchema } from '../../src/schema/index.ts';

describe('the words of the SDK', () => {
  const docs = readSdkDocs(declarationFiles());

  it('are read of every kind of shape', () => {
    const names = ['Secret', 'Secret.name', 'RunTaskRequest.count', 'RunTaskResponse.tasks'];
    const ofUnion = ['ServiceConnectContainerConfiguration', 'ServiceConnectContainerConfiguration.logLevel'];
    for (const name of [...names, ...ofUnion]) expect(docs[name], name).toMatch(/^[A-Z]/);
  });

  it('are Markdown, and short', () => {
    const prose = Object.values(docs).map((text) => text.replace(/`[^`]*`|\([^)]*\)/g, ''));
    expect(prose.filter((text) => /<\/?[a-z]+>|&[a-z]+;|@public/.test(text))).toEqual([]);
    expect(Object.values(docs).filter((text) => text.length > 2_500)).toEqual([]);
  });

  it.each([
    [' * <p>One.</p> <p>Two &lt;3&gt;.</p>\n * @public\n', 'One.\n\nTwo <3>.'],
    ['<p>See <a href="https://a.b/c">the <i>page</i></a>.</p>', 'See [the *page*](https://a.b/c).'],
    ['<p>Either:</p> <ul> <li> <p> <code>a</code> </p> </li> <li> <p>b</p> </li> </ul>', 'Either:\n- `a`\n- b'],
    [`<p>${'long '.repeat(130)}</p><p>left out</p>`, 'long '.repeat(130).trim()],
  ])('turn from HTML: %#', (html, markdown) => {
    expect(toMarkdown(html.replace(/^\s*\*+ ?/gm, ''))).toBe(markdown);
  });

  it('lie over what is mechanical, and leave our own words alone', () => {
    const [plain, described] = [createSchema(), createSchema()];
    describeFromSdk(described, docs);
    const mechanical = Object.values(described.getTypeMap()).filter(({ description }) =>
      description?.includes('AWS API reference:'),
    );
    const silent = mechanical
      .filter((type) => isObjectType(type) || isInputObjectType(type))
      .flatMap((type) =>
        Object.values(type.getFields()).flatMap(({ name, description }) =>
          description ? [] : [`${type.name}.${name}`],
        ),
      );
    expect(silent).toEqual([]);
    const typeOf = (name: string, schema = described) => {
      const type = schema.getType(name);
      if (!(type instanceof GraphQLObjectType)) throw new Error(`no type ${name}`);
      return type;
    };
    expect(typeOf('Secret').description).toMatch(/^An object[\s\S]*\n\nAWS API reference: \[Secret\]/);
    const deployment = typeOf('Deployment').getFields();
    expect(deployment.deploymentId?.description).toMatch(/^The ID[\s\S]*\n\nAWS calls it `id`\.$/);
    const link = typeOf('Deployment', plain).getFields().taskDefinition?.description;
    expect([link, deployment.taskDefinition?.description]).toEqual([
      expect.stringContaining('`taskDefinitionArn`'),
      link,
    ]);
    expect(typeOf('Service').getFields().desiredCount?.description).toBe(
      typeOf('Service', plain).getFields().desiredCount?.description,
    );
  });
});

describe('before introspection', () => {
  it('something is done once, and before nothing else', async () => {
    let prepared = 0;
    const seen: number[] = [];
    const operations = beforeIntrospection(
      {
        execute: async () => {
          seen.push(prepared);
          return {};
        },
        subscribe: async () => ({}),
      },
      async () => {
        prepared += 1;
      },
    );
    const caller = { requestId: '', principal: { name: '' }, signal: new AbortController().signal, transport: 'http' };
    for (const query of ['{ a }', '{ __schema { types { name } } }', '{ b __type(name: "A") { name } }']) {
      await operations.execute({ document: parse(query) }, { ...caller, transport: 'http' });
    }
    expect(seen).toEqual([0, 1, 1]);
    expect(introspects(parse('{ __typename }'))).toBe(false);
    expect(introspects(parse('{ ...F } fragment F on Query { ... { __schema { types { name } } } }'))).toBe(true);
  });

  it('finds nothing to say where nobody built it', async () => {
    expect(await readBuiltDocs()).toBeUndefined();
  });
});
