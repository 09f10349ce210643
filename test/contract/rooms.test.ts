import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circles, type Import, imports, sources } from './support/imports.ts';

/** Which rooms a room may import from, beside itself. A file at the top of src is a room of its own name. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli', 'config'],
  'gateway.ts': ['app.ts', 'config', 'schema'],
  'version.ts': ['..'],
  auth: ['util'],
  cli: [
    'app.ts',
    'auth',
    'compose',
    'config',
    'mcp',
    'observe',
    'operate',
    'pipeline',
    'policy',
    'sandbox',
    'schema',
    'util',
    'version.ts',
    'watch',
  ],
  'app.ts': [
    'auth',
    'compose',
    'config',
    'ecs',
    'execution',
    'history',
    'http',
    'inventory',
    'live',
    'observe',
    'pipeline',
    'policy',
    'schema',
    'shared',
    'turns',
    'version.ts',
  ],
  config: ['util'],
  compose: [
    'auth',
    'config',
    'ecs',
    'history',
    'http',
    'inventory',
    'live',
    'mcp',
    'observe',
    'pipeline',
    'policy',
    'schema',
    'shared',
    'shared-topics',
    'turns',
    'util',
    'version.ts',
  ],
  codegen: ['ecs', 'schema'],
  ecs: ['turns', 'util'],
  execution: ['turns'],
  history: ['ecs', 'live', 'util'],
  http: ['auth', 'pipeline', 'schema', 'turns', 'util'],
  inventory: ['ecs'],
  live: ['ecs', 'loaders', 'util'],
  loaders: ['ecs', 'util'],
  mcp: ['config', 'pipeline'],
  observe: ['ecs'],
  preview: ['ecs', 'live', 'loaders', 'sandbox', 'util'],
  pipeline: ['auth', 'config', 'ecs', 'execution', 'observe', 'schema', 'turns', 'util'],
  operate: ['config', 'live', 'watch'],
  policy: ['auth', 'ecs', 'util'],
  sandbox: [],
  schema: ['auth', 'ecs', 'history', 'live', 'loaders', 'policy', 'preview', 'turns'],
  shared: ['ecs', 'live'],
  'shared-topics': ['ecs', 'live', 'shared'],
  turns: ['util'],
  util: [],
  watch: ['config', 'live'],
};

/** Packages that only some rooms may use at run time (types may be imported anywhere). */
const GUARDED: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/client-ecs': ['ecs', 'sandbox', 'codegen'],
  '@aws-sdk/client-sqs': ['ecs'],
  '@aws-sdk/client-sts': ['ecs'],
  '@aws-sdk/credential-provider-node': ['ecs'],
  'oxc-parser': ['codegen'],
  '@cedar-policy/cedar-wasm/web': ['policy'],
  '@redis/client': ['shared'],
  jose: ['auth'],
  '@opentelemetry/sdk-trace': ['observe'],
  '@opentelemetry/exporter-trace-otlp-http': ['observe'],
  '@pothos/core': ['schema'],
  ws: ['http', 'sandbox', 'watch'],
  'graphql-ws': ['http', 'watch'],
  '@modelcontextprotocol/sdk/server/mcp.js': ['mcp'],
  '@modelcontextprotocol/sdk/server/stdio.js': ['mcp'],
  '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js': ['mcp'],
  '@modelcontextprotocol/sdk/client/streamableHttp.js': ['mcp'],
  'graphql-yoga': ['http', 'pipeline'],
};

/** The rooms of the sandbox, lowest first. A room imports only from rooms before it; `index.ts` is above them all. */
const SANDBOX_LAYERS = [
  ['util', 'time', 'sessions', 'checks', 'rules', 'definitions'],
  ['model', 'store', 'query', 'events', 'wakeups', 'world-file'],
  [
    'queues',
    'delivery',
    'instances',
    'tasks',
    'fleet',
    'launch',
    'daemons',
    'gateways',
    'express',
    'deployments',
    'services',
    'scheduler',
  ],
  ['render', 'eventbridge', 'actions', 'neighbours', 'seeds', 'backend', 'control', 'wire'],
  ['import', 'simulation', 'index.ts'],
].flat();

/** The one place where files may refer to each other, in types only: the records of a world are a graph. */
const RECORDS = 'sandbox/model/';

/** Folders hold few enough files to be read as a list. Generated tables are looked up, not read. */
const MOST_FILES = 18;
const MOST_LINES = 400;

function roomOf(file: string): string {
  return file.split('/')[0] ?? file;
}

/** A folder, or a file at the top of src, which is a room of its own. */
function folderOf(file: string): string {
  return file.includes('/') ? dirname(file) : file;
}

/** The circles among files or folders. */
function circlesOf(found: readonly Import[], nodeOf: (file: string) => string): string[][] {
  const edges = new Map<string, Set<string>>();
  for (const { file, target } of found) {
    const [from, to] = [nodeOf(file), nodeOf(target)];
    if (from === to) continue;
    const targets = edges.get(from) ?? new Set();
    edges.set(from, targets.add(to));
  }
  return circles(edges);
}

/** The sources of a folder that people write: generated files stand in folders of that name. */
function writtenIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:[cm]?[jt]sx?|css|html|sh|py|tf)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/(?:^|\/)(?:node_modules|generated|dist)\//.test(file));
}

describe('a file', () => {
  it.each(['src', 'test', 'examples', 'deploy', 'findings'])('in %s has at most 400 lines', (folder) => {
    const files = writtenIn(folder);
    expect(files.length).toBeGreaterThan(5);
    const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').length - 1;
    expect(files.filter((file) => linesOf(file) > MOST_LINES)).toEqual([]);
  });
});

describe('the rooms of src', () => {
  const all = imports();
  const local = all.filter(({ isLocal }) => isLocal);

  it('are read at all', () => {
    expect(local.length).toBeGreaterThan(1_000);
    expect(
      circles(
        new Map([
          ['a', new Set(['b'])],
          ['b', new Set(['c'])],
          ['c', new Set(['a', 'd'])],
        ]),
      ),
    ).toEqual([['a', 'b', 'c']]);
  });

  it('import only from the rooms that the table allows', () => {
    const wrong = local
      .filter(({ file, target }) => {
        const [room, to] = [roomOf(file), roomOf(target)];
        return room !== to && !(ALLOWED[room] ?? []).includes(to);
      })
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it('have no circles of files or folders; only types of records in the sandbox’s model refer to each other', () => {
    const between = local.filter(({ file, target, typeOnly }) => {
      const isRecords = file.startsWith(RECORDS) && target.startsWith(RECORDS);
      return !(isRecords && typeOnly);
    });
    expect(circlesOf(between, (file) => file)).toEqual([]);
    expect(circlesOf(between, folderOf)).toEqual([]);
  });

  it('reach the sandbox at one point, and only when a preview is asked for', () => {
    const intoSandbox = local.filter(({ file, target }) => roomOf(file) === 'preview' && roomOf(target) === 'sandbox');
    expect([...new Set(intoSandbox.map(({ target }) => target))]).toEqual(['sandbox/simulation/index.ts']);
    // A module that is imported at run time, and not by a call, would load with the gateway.
    const calls = new Set(
      sources().filter((file) => /await import\('[^']*preview\//.test(readFileSync(join('src', file), 'utf8'))),
    );
    const intoPreview = local.filter(
      ({ file, target, typeOnly }) => roomOf(file) !== 'preview' && roomOf(target) === 'preview' && !typeOnly,
    );
    expect([...new Set(intoPreview.map(({ file }) => file))]).toEqual([...calls]);
    expect([...calls]).toEqual(['schema/previews/resolve.ts']);
  });

  it('have a row in docs/architecture.md', () => {
    const text = readFileSync('docs/architecture.md', 'utf8');
    const rooms = new Set(
      sources()
        .map(roomOf)
        .filter((room) => !room.endsWith('.ts')),
    );
    expect([...rooms].filter((room) => !text.includes(`\`src/${room}\``))).toEqual([]);
  });

  it('are layers in the sandbox', () => {
    const layerOf = (file: string) => SANDBOX_LAYERS.indexOf(file.split('/')[1] ?? '');
    const inside = local.filter(({ file }) => roomOf(file) === 'sandbox');
    expect(inside.filter(({ file }) => layerOf(file) < 0)).toEqual([]);
    const upward = inside.filter(({ file, target }) => layerOf(target) > layerOf(file));
    expect(upward.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('are small enough to find one’s way in', () => {
    const written = sources().filter((file) => !file.startsWith('schema/generated/'));
    const sizes = new Map<string, number>();
    for (const file of written) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
    expect([...sizes].filter(([, size]) => size > MOST_FILES)).toEqual([]);
  });

  it('use guarded packages only where the table allows', () => {
    const wrong = all
      .filter(
        ({ file, target, typeOnly }) => !typeOnly && target in GUARDED && !GUARDED[target]?.includes(roomOf(file)),
      )
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it('read the environment, the clock of the sandbox and the exit in one place each', () => {
    const uses = (pattern: RegExp) =>
      sources()
        .filter((file) => !file.startsWith('codegen/'))
        .filter((file) => pattern.test(readFileSync(join('src', file), 'utf8')));
    expect(uses(/process\.exit\(|process\.exitCode/).filter((file) => file !== 'main.ts')).toEqual([]);
    expect(uses(/process\.env/).filter((file) => !file.startsWith('config/'))).toEqual([]);
    expect(
      uses(/Date\.now\(|\bsetTimeout\(|setInterval\(|new Date\(\)/).filter(
        (file) => file.startsWith('sandbox/') && !['sandbox/time/clock.ts', 'sandbox/index.ts'].includes(file),
      ),
    ).toEqual([]);
  });
});
