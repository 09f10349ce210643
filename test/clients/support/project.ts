import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { generateClientTypes } from './codegen.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
const GUIDE = join(REPOSITORY, 'docs/clients.md');
const OPERATIONS = join(REPOSITORY, 'test/clients/operations');

/** A block of code of docs/clients.md; `file` is the path in bold above it. */
export interface GuideBlock {
  readonly file: string | undefined;
  readonly language: string;
  readonly code: string;
}

/** The project that a reader of docs/clients.md would have: its files, the operations, the schema. */
export interface ClientProject extends Disposable {
  readonly directory: string;
  /** The path of one of its files. */
  path(file: string): string;
  /** Runs a program of node_modules there; rejects with what it printed. */
  run(program: string, ...args: string[]): Promise<string>;
}

const BLOCK = /(?:^\*\*`(?<file>[^`\n]+)`\*\*\n\n)?^```(?<language>\w+)\n(?<code>[\s\S]*?)^```$/gm;

/** Every block of code in the guide. */
export function guideBlocks(): GuideBlock[] {
  return [...readFileSync(GUIDE, 'utf8').matchAll(BLOCK)].map(({ groups = {} }) => ({
    file: groups.file,
    language: groups.language ?? '',
    code: groups.code ?? '',
  }));
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'dom', 'esnext.disposable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  },
  include: ['codegen.ts', 'src'],
};

/** Writes the guide's project to a temporary folder and runs its generators, as `npx graphql-codegen` and `npx relay-compiler` would. */
export async function createClientProject(schema: string): Promise<ClientProject> {
  const directory = mkdtempSync(join(tmpdir(), 'ecs-graphql-clients-'));
  const path = (file: string) => join(directory, file);
  const write = (file: string, content: string) => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), content);
  };
  for (const { file, code } of guideBlocks()) if (file !== undefined) write(file, code);
  write('schema.graphql', schema);
  write('package.json', '{ "type": "module" }\n');
  write('tsconfig.json', JSON.stringify(TSCONFIG));
  cpSync(OPERATIONS, path('src/operations'), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), path('node_modules'));

  const project: ClientProject = {
    directory,
    path,
    async run(program, ...args) {
      try {
        const { stdout } = await promisify(execFile)(path(`node_modules/.bin/${program}`), args, { cwd: directory });
        return stdout;
      } catch (error) {
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
        throw new Error(`${program} failed:\n${stdout}${stderr}`, { cause: error });
      }
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
  try {
    for (const [file, content] of await generateClientTypes(project)) write(file, content);
    await project.run('relay-compiler', 'relay.config.json');
  } catch (error) {
    project[Symbol.dispose]();
    throw error;
  }
  return project;
}
