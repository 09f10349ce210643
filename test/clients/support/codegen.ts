import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import * as fragmentMatcher from '@graphql-codegen/fragment-matcher';
import { createNoopProfiler, type Types } from '@graphql-codegen/plugin-helpers';
import { buildSchema, parse } from 'graphql';

/**
 * Runs the project's codegen.ts with the generators themselves: what @graphql-codegen/cli does after loading files, without its
 * two hundred packages.
 */
export async function generateClientTypes({ directory }: { readonly directory: string }): Promise<[string, string][]> {
  const { default: config } = (await import(pathToFileURL(join(directory, 'codegen.ts')).href)) as {
    default: Types.Config;
  };
  const schemaAst = buildSchema(readFileSync(join(directory, String(config.schema)), 'utf8'));
  const schema = parse(readFileSync(join(directory, String(config.schema)), 'utf8'));
  const documents = readDocuments(directory, config.documents);
  const outputs = await Promise.all(
    Object.entries(config.generates).map(async ([target, output]) => {
      const { config: options = {}, presetConfig = {}, plugins = [], ...rest } = output as Types.ConfiguredOutput;
      const common = { schema, schemaAst, documents, config: options };
      if (rest.preset !== 'client') {
        const named = plugins.map((name) => ({ [String(name)]: {} }));
        return [{ ...common, filename: target, plugins: named, pluginMap: { 'fragment-matcher': fragmentMatcher } }];
      }
      return preset.buildGeneratesSection({
        ...common,
        baseOutputDir: target,
        presetConfig,
        plugins: [],
        pluginMap: {},
        profiler: createNoopProfiler(),
        documentTransforms: [],
      });
    }),
  );
  return Promise.all(outputs.flat().map(async (output) => [output.filename, await codegen(output)]));
}

function readDocuments(directory: string, patterns: Types.Config['documents']): Types.DocumentFile[] {
  const [pattern] = [patterns].flat();
  const folder = String(pattern).replace(/\/\*\.graphql$/, '');
  return readdirSync(join(directory, folder)).map((name) => {
    const rawSDL = readFileSync(join(directory, folder, name), 'utf8');
    return { location: join(directory, folder, name), document: parse(rawSDL), rawSDL };
  });
}
