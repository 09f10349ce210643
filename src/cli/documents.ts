import { readFile } from 'node:fs/promises';
import { type Config, ConfigError, loadConfig, separateWords } from '../config/index.ts';
import { nearest } from '../config/nearest.ts';
import type { CheckedDocument } from '../pipeline/documents/check-documents.ts';
import { createSchema } from '../schema/index.ts';
import { parseObject } from '../util/json.ts';
import type { CliHost } from './host.ts';

export const DOCUMENTS_HELP = `Usage: ecs-graphql documents check <manifest...> [--json] [--variables <json>] [settings of serve]

Validates each operation of a manifest (Relay, Apollo, graphql-codegen) as TRUSTED_DOCUMENTS would, and prints the cost of each:
ECS calls and objects at most, as MAX_COST and MAX_OBJECTS count them; for a subscription, those of one event.
  --json       print JSON
  --variables  values of variables, such as {"first": 100}; others have the default of their document, or count as not given
  --schema     core|full: the schema that the gateway serves (SCHEMA); other settings that matter are those in the group Limits

Exit code: 0 if every operation can run, 1 if one cannot, 2 if a manifest cannot be read.
`;

interface Asked {
  readonly paths: readonly string[];
  readonly isJson: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly settings: readonly string[];
}

interface CheckedManifest {
  readonly manifest: string;
  readonly format: string;
  readonly operations: readonly CheckedDocument[];
}

/** `ecs-graphql documents check` */
export async function documents([verb = '', ...argv]: readonly string[], host: CliHost): Promise<number> {
  if (verb !== 'check') {
    const meant = nearest(verb, ['check']);
    const hint = meant === undefined ? 'say "documents check <manifest>"' : `did you mean "${meant}"?`;
    throw new ConfigError([verb === '' ? hint : `"${verb}" is not something to do with documents; ${hint}`]);
  }
  const { paths, isJson, variables, settings } = askedFor(argv);
  const config = loadConfig('serve', settings, host.env);
  const checked = await checkAll(paths, variables, config);
  const operations = checked.flatMap((manifest) => manifest.operations);
  const wrong = operations.filter(({ problems }) => problems.length > 0).length;
  if (isJson) host.out(`${JSON.stringify({ valid: wrong === 0, manifests: checked }, null, 2)}\n`);
  else {
    for (const manifest of checked) host.out(textOf(manifest));
    const what = operations.length === 1 ? '1 operation' : `${operations.length} operations`;
    host.out(wrong === 0 ? `${what}: all can run\n` : `${what}: ${wrong} cannot run\n`);
  }
  return wrong === 0 ? 0 : 1;
}

async function checkAll(
  paths: readonly string[],
  variables: Readonly<Record<string, unknown>>,
  config: Config,
): Promise<CheckedManifest[]> {
  const { checkDocuments } = await import('../pipeline/documents/check-documents.ts');
  const { parseManifest } = await import('../pipeline/documents/manifest.ts');
  const manifests = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        throw new ConfigError([`${path}: cannot be read (${error.code ?? error.message})`]);
      });
      try {
        return { path, ...parseManifest(text) };
      } catch (error) {
        throw new ConfigError((error as Error).message.split('\n').map((line) => `${path}: ${line}`));
      }
    }),
  );
  const { coreOf } = await import('../schema/contracts/core-schema.ts');
  const full = createSchema();
  const schema = config.schema === 'core' ? coreOf(full) : full;
  return manifests.map(({ path, format, documents }) => ({
    manifest: path,
    format: format === 'apollo' ? 'Apollo' : 'ids and texts',
    operations: checkDocuments({ schema, full, settings: config, documents, variables }),
  }));
}

function askedFor(argv: readonly string[]): Asked {
  const own = argv.map((word) => word === '--json' || word === '--variables' || word.startsWith('--variables='));
  const given = argv.flatMap((word, at) => {
    if (word.startsWith('--variables=')) return [word.slice('--variables='.length)];
    return word === '--variables' ? [argv[at + 1] ?? ''] : [];
  });
  const others = argv.filter((_, at) => own[at] !== true && argv[at - 1] !== '--variables');
  const { words, flags } = separateWords(others);
  if (words.length === 0)
    throw new ConfigError(['name a manifest: ecs-graphql documents check persisted_queries.json']);
  const variables = Object.assign({}, ...given.map(variablesIn)) as Readonly<Record<string, unknown>>;
  return { paths: words, isJson: argv.includes('--json'), variables, settings: flags };
}

function variablesIn(text: string): Readonly<Record<string, unknown>> {
  const value = parseObject(text);
  if (value === undefined) throw new ConfigError(['--variables must be a JSON object, such as {"first": 100}']);
  return value;
}

function textOf({ manifest, format, operations }: CheckedManifest): string {
  const names = operations.map(({ name, id }) => name ?? id);
  const width = Math.min(40, Math.max(0, ...names.map((name) => name.length)));
  const lines = operations.map(({ type, cost, problems }, index) => {
    const what =
      cost === undefined ? 'cannot run' : `${number(cost.calls, 'ECS call')}, ${number(cost.objects, 'object')}`;
    const head = `  ${(names[index] ?? '').padEnd(width)}  ${(type ?? '').padEnd(12)}  ${what}`;
    return [head.trimEnd(), ...problems.map((problem) => `      ${problem}`)].join('\n');
  });
  return `${[`${manifest} (${format})`, ...lines].join('\n')}\n`;
}

function number(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
