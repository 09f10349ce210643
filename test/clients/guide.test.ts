import { readdirSync, readFileSync } from 'node:fs';
import {
  buildSchema,
  isAbstractType,
  isScalarType,
  Kind,
  NoDeprecatedCustomRule,
  parse,
  printSchema,
  type SelectionSetNode,
  specifiedRules,
  specifiedScalarTypes,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { type ClientProject, createClientProject, guideBlocks } from './support/project.ts';

const sdl = printSchema(sharedSchema());

describe('docs/clients.md', () => {
  let project: ClientProject;
  beforeAll(async () => {
    project = await createClientProject(sdl);
  });
  afterAll(() => project[Symbol.dispose]());

  it('has a file name above every block that is not for the shell, so that all are checked', () => {
    const blocks = guideBlocks();
    expect(blocks.length).toBeGreaterThan(10);
    expect(blocks.filter(({ file, language }) => file === undefined && language !== 'sh')).toEqual([]);
  });

  it('names packages that are tested here', () => {
    const { devDependencies, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const named = guideBlocks()
      .filter(({ language, code }) => language === 'sh' && code.startsWith('npm install'))
      .flatMap(({ code }) => [...code.matchAll(/(?<= )@?[a-z][\w/.-]*/g)].map(([name]) => name))
      .filter((name) => name !== 'install');
    expect(named).toContain('@apollo/client');
    const tested = { ...dependencies, ...devDependencies };
    // The command line around the generators; the test calls the generators themselves.
    expect(named.filter((name) => !(name in tested))).toEqual(['@graphql-codegen/cli']);
  });

  it('compiles, with the types that codegen and relay-compiler make of the schema', async () => {
    await project.run('tsc', '-p', '.');
  });

  it('maps every scalar of the schema, for codegen and for Relay alike', () => {
    const builtIn = specifiedScalarTypes.map(({ name }) => name);
    const scalars = Object.values(buildSchema(sdl).getTypeMap())
      .filter((type) => isScalarType(type) && !builtIn.includes(type.name))
      .map(({ name }) => name);
    const { customScalarTypes } = JSON.parse(readFileSync(project.path('relay.config.json'), 'utf8'));
    expect(Object.keys(customScalarTypes).sort()).toEqual(scalars.sort());
    const generated = readFileSync(project.path('src/gql/graphql.ts'), 'utf8');
    expect(generated).not.toMatch(/\bany\b(?! )/);
  });

  it('makes possibleTypes of every interface and union', () => {
    const abstract = Object.values(buildSchema(sdl).getTypeMap()).filter(isAbstractType);
    const generated = readFileSync(project.path('src/possible-types.ts'), 'utf8');
    expect(abstract.map(({ name }) => name).filter((name) => !generated.includes(`"${name}": [`))).toEqual([]);
  });

  it('has operations that select nothing deprecated, and the id of whatever has one', () => {
    const schema = buildSchema(sdl);
    const folder = project.path('src/operations');
    const document = parse(
      readdirSync(folder)
        .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
        .join('\n'),
    );
    expect(validate(schema, document, [...specifiedRules, NoDeprecatedCustomRule])).toEqual([]);
    const types = new TypeInfo(schema);
    const without: string[] = [];
    const embedded = new Set<string>();
    const fragments = new Map(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
      ),
    );
    const selectsId = ({ selections }: SelectionSetNode): boolean =>
      selections.some((selection) => {
        if (selection.kind === Kind.FIELD) return selection.name.value === 'id';
        const { selectionSet } =
          selection.kind === Kind.FRAGMENT_SPREAD ? (fragments.get(selection.name.value) ?? {}) : selection;
        return selectionSet !== undefined && selectsId(selectionSet);
      });
    visit(
      document,
      visitWithTypeInfo(types, {
        SelectionSet(node) {
          const type = types.getParentType();
          if (!type || !('getFields' in type)) return;
          if (!('id' in type.getFields())) embedded.add(type.name);
          else if (!selectsId(node)) without.push(type.name);
        },
      }),
    );
    expect(without).toEqual([]);
    // Settings that urql needs. It knows operations and connections by their names.
    const known = [...embedded].filter(
      (name) => !/^(Query|Mutation|Subscription|PageInfo)$|(Connection|Edge)$/.test(name),
    );
    const urql = readFileSync(project.path('src/urql.ts'), 'utf8');
    expect([...urql.matchAll(/(\w+): embedded/g)].map(([, name]) => name)).toEqual(known.sort());
  });
});
