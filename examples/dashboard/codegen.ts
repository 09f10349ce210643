// Writes src/generated/: the types of the operations, and the names of the types that the cache keeps inside the thing that holds them.
// The generators run by themselves, without @graphql-codegen/cli and its two hundred packages.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { createNoopProfiler } from '@graphql-codegen/plugin-helpers';
import { buildSchema, getNamedType, isObjectType, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The generated files by their paths. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const sdl = readFileSync(here('../../schema.graphql'), 'utf8');
  const schemaAst = buildSchema(sdl);
  const documents = readdirSync(here('src/operations')).map((name) => {
    const location = here(`src/operations/${name}`);
    const rawSDL = readFileSync(location, 'utf8');
    return { location, rawSDL, document: parse(rawSDL, { noLocation: true }) };
  });
  const outputs = await preset.buildGeneratesSection({
    schemaAst,
    schema: parse(sdl),
    documents,
    baseOutputDir: here('src/generated/'),
    presetConfig: { fragmentMasking: false },
    config: {
      scalars: {
        DateTime: 'string',
        Duration: 'string',
        Long: 'number',
        StringMap: 'Record<string, string>',
        JSON: 'unknown',
      },
      strictScalars: true,
      useTypeImports: true,
      enumType: 'string-literal',
      onlyOperationTypes: true,
    },
    plugins: [],
    pluginMap: {},
    profiler: createNoopProfiler(),
    documentTransforms: [],
  });
  const wanted = outputs.filter(({ filename }) => /\/graphql\.ts$/.test(filename));
  const files = await Promise.all(wanted.map(async (output) => [output.filename, await codegen(output)] as const));

  const embedded = new Set<string>();
  const types = new TypeInfo(schemaAst);
  for (const { document } of documents) {
    visit(
      document,
      visitWithTypeInfo(types, {
        enter(node) {
          const type = node.kind === Kind.FIELD ? getNamedType(types.getType()) : undefined;
          if (isObjectType(type) && !('id' in type.getFields())) embedded.add(type.name);
        },
      }),
    );
  }
  const list = [...embedded].sort().map((name) => `  '${name}',`);
  const text = `/** Types without \`id\`. */\nexport const EMBEDDED = [\n${list.join('\n')}\n];\n`;
  return new Map([...files, [here('src/generated/embedded.ts'), text]]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await generate();
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
