import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { createNoopProfiler } from '@graphql-codegen/plugin-helpers';
import { buildASTSchema, parse, visit } from 'graphql';

const FOLDER = 'test/screens/operations';

/** The documents of the screens, by their file's name. */
export function readScreens(): ReadonlyMap<string, string> {
  const files = readdirSync(FOLDER).sort();
  return new Map(files.map((file) => [file.replace(/\.graphql$/, ''), readFileSync(join(FOLDER, file), 'utf8')]));
}

/**
 * The types of the screens' operations, by GraphQL Code Generator as docs/clients.md sets it up for a client that handles errors:
 * what is `@semanticNonNull` is non-null.
 */
export async function generateTypes(): Promise<string> {
  // Descriptions are no part of the types.
  const schema = visit(parse(readFileSync('schema.graphql', 'utf8')), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
  });
  const documents = [...readScreens()].map(([name, rawSDL]) => ({
    location: join(FOLDER, `${name}.graphql`),
    document: parse(rawSDL),
    rawSDL,
  }));
  const scalars = {
    DateTime: 'string',
    Duration: 'string',
    Long: 'number',
    StringMap: 'Record<string, string>',
    JSON: 'unknown',
  };
  const outputs = await preset.buildGeneratesSection({
    schema,
    schemaAst: buildASTSchema(schema),
    documents,
    config: {
      scalars,
      strictScalars: true,
      useTypeImports: true,
      enumType: 'string-literal',
      nullability: { errorHandlingClient: true },
    },
    baseOutputDir: 'generated/',
    presetConfig: { fragmentMasking: false },
    plugins: [],
    pluginMap: {},
    profiler: createNoopProfiler(),
    documentTransforms: [],
  });
  const types = outputs.find(({ filename }) => filename.endsWith('graphql.ts'));
  if (types === undefined) throw new Error('the preset writes no graphql.ts');
  const text = await codegen(types);
  // The documents are in the folder of operations: here only the types are wanted.
  return text
    .split('\n')
    .filter((line) => !/DocumentNode|^export const/.test(line))
    .join('\n');
}
