import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which rooms a room may import from, beside itself. A file at the top of src is a room of its own name. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli', 'config'],
  'version.ts': ['..'],
  cli: ['app.ts', 'config', 'observe', 'sandbox', 'schema', 'version.ts', 'watch'],
  'app.ts': ['config', 'ecs', 'http', 'live', 'observe', 'pipeline', 'schema', 'version.ts'],
  config: [],
  codegen: ['ecs', 'schema'],
  ecs: [],
  execution: [],
  http: ['pipeline', 'schema'],
  live: ['ecs', 'loaders'],
  loaders: ['ecs'],
  observe: ['ecs'],
  pipeline: ['config', 'execution', 'observe', 'schema'],
  sandbox: [],
  schema: ['ecs', 'live', 'loaders'],
  watch: ['live'],
};

/** Packages that only some rooms may use at run time (types may be imported anywhere). */
const GUARDED: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/client-ecs': ['ecs', 'sandbox', 'codegen'],
  'oxc-parser': ['codegen'],
  '@pothos/core': ['schema'],
  ws: ['http', 'sandbox', 'watch'],
  'graphql-ws': ['http', 'watch'],
  'graphql-yoga': ['http', 'pipeline'],
};

const IMPORT = /(?:^|\n)\s*(import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'|import\('([^']+)'\)/g;

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function imports(): Import[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [...readFileSync(join('src', file), 'utf8').matchAll(IMPORT)].map(([, , type, from, dynamic]) => ({
        file,
        room: roomOf(file),
        target: from ?? dynamic ?? '',
        typeOnly: type !== undefined,
      })),
    );
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? file;
}

describe('the rooms of src', () => {
  const all = imports();

  it('are read at all', () => {
    expect(all.length).toBeGreaterThan(50);
  });

  it('import only from the rooms that the table allows', () => {
    const wrong = all
      .filter(({ target }) => target.startsWith('.'))
      .map((found) => ({ ...found, to: roomOf(normalize(join(dirname(found.file), found.target))) }))
      .filter(({ room, to }) => room !== to && !(ALLOWED[room] ?? []).includes(to))
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it.each(['cli', 'config', 'http', 'live', 'observe', 'pipeline', 'watch'])(
    '%s has no files that import each other in a circle',
    (room) => {
      const within = new Map<string, string[]>();
      for (const { file, target, room: own } of all) {
        const to = normalize(join(dirname(file), target));
        if (own === room && target.startsWith('.') && roomOf(to) === room)
          within.set(file, [...(within.get(file) ?? []), to]);
      }
      // What is imported by nothing but what is gone goes too: what is left is in a circle, or leads to one.
      for (let size = -1; size !== within.size; ) {
        size = within.size;
        for (const [file, targets] of within) if (!targets.some((target) => within.has(target))) within.delete(file);
      }
      expect([...within.keys()]).toEqual([]);
    },
  );

  it('use guarded packages only where the table allows', () => {
    const wrong = all
      .filter(({ target, room, typeOnly }) => !typeOnly && target in GUARDED && !GUARDED[target]?.includes(room))
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it.each(['ecs', 'loaders', 'config'])('have no file in %s that imports itself by way of others', (room) => {
    const targets = new Map<string, string[]>();
    for (const { file, target } of all.filter((found) => found.room === room && found.target.startsWith('.'))) {
      targets.set(file, [...(targets.get(file) ?? []), normalize(join(dirname(file), target))]);
    }
    const reaches = (from: string, seen = new Set<string>()): ReadonlySet<string> => {
      for (const next of targets.get(from) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        reaches(next, seen);
      }
      return seen;
    };
    expect([...targets.keys()].filter((file) => reaches(file).has(file))).toEqual([]);
  });

  it('read the environment, the clock of the sandbox and the exit in one place each', () => {
    const uses = (pattern: RegExp) =>
      readdirSync('src', { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.startsWith('codegen/'))
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
