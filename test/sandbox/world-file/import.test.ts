import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateClusterCommand, ListClustersCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/index.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

async function control(
  { sandbox }: SandboxUnderTest,
  method: string,
  body?: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${sandbox.url}/_sandbox/world`, { method, ...(body === undefined ? {} : { body }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function clustersOf(s: SandboxUnderTest): Promise<readonly string[]> {
  return (await s.ecs.send(new ListClustersCommand({}))).clusterArns ?? [];
}

const KEPT = 'arn:aws:ecs:eu-west-1:123456789012:cluster/kept';

describe('a world over the control API', () => {
  it('goes out of one sandbox and into another, with its faults and alarms', async () => {
    await using from = await withSandbox({ start: '2026-01-01T00:00:00Z' });
    await from.ecs.send(new CreateClusterCommand({ clusterName: 'kept' }));
    from.sandbox.setAlarm('too-many-errors', 'ALARM');
    from.sandbox.faults.set({ rules: [{ operations: ['ListServices'], fault: 'throttle', times: 3 }] });
    const { body: file } = await control(from, 'GET');
    expect(file).toMatchObject({ format: 'ecs-graphql sandbox world', version: 3, now: '2026-01-01T00:00:00.000Z' });

    await using to = await withSandbox({ seed: 'demo' });
    await to.ecs.send(new CreateClusterCommand({ clusterName: 'lost' }));
    const { status, body } = await control(to, 'POST', JSON.stringify(file));
    expect([status, body]).toEqual([
      200,
      { now: '2026-01-01T00:00:00.000Z', seed: 'empty', worlds: [{ account: '123456789012', region: 'eu-west-1' }] },
    ]);
    expect(await clustersOf(to)).toEqual([KEPT]);
    expect(to.sandbox.faults.settings).toEqual(from.sandbox.faults.settings);
    const alarms = await fetch(`${to.sandbox.url}/_sandbox/alarms`);
    expect(JSON.stringify(await alarms.json())).toContain('too-many-errors');
    expect(to.sandbox.clock.now()).toBe(Date.parse('2026-01-01T00:00:00Z'));
  });

  it.each([
    ['no object', '[]', 'The body must be a JSON object'],
    ['another file', '{"name":"package"}', 'The world cannot be read: This is not a world file of the sandbox'],
    [
      'another version',
      '{"format":"ecs-graphql sandbox world","version":99}',
      'The file has version 99; this release reads version 3',
    ],
    [
      'no worlds',
      '{"format":"ecs-graphql sandbox world","version":3,"seed":"empty","randomSeed":1}',
      'The file has no worlds',
    ],
  ])('is refused if it is %s, and nothing changes', async (_, text, message) => {
    await using s = await withSandbox();
    await s.ecs.send(new CreateClusterCommand({ clusterName: 'kept' }));
    const { status, body } = await control(s, 'POST', text);
    expect([status, body.error]).toEqual([400, expect.stringContaining(message)]);
    expect(await clustersOf(s)).toEqual([KEPT]);
  });

  it('is refused if a part of it is missing, unknown or of another kind, and nothing changes', async () => {
    await using s = await withSandbox();
    await s.ecs.send(new CreateClusterCommand({ clusterName: 'kept' }));
    const file = s.sandbox.exportWorld();
    const broken = [
      { ...file, nodes: [] },
      { ...file, nodes: 'none' },
      { ...file, nodes: file.nodes.map((node) => (node[0] === 'Random' ? ['Chance', node[1]] : node)) },
      { ...file, nodes: file.nodes.map(([kind]) => [kind, 7]) },
      { ...file, clock: 5 },
      { ...file, clock: file.surroundings },
      { ...file, seed: 5 },
      { ...file, sessions: 5 },
      { ...file, clock: ['f', 'no.such.action'] },
      { ...file, faults: ['x', 'nothing'] },
      { ...file, surroundings: { __proto__: null } },
      { ...file, sessions: [99_999] },
      { ...file, worlds: [{ account: '123456789012', region: 'eu-west-1', state: ['u'] }] },
    ];
    for (const [index, bad] of broken.entries()) {
      const { status } = await control(s, 'POST', JSON.stringify(bad));
      expect([index, status]).toEqual([index, 400]);
      expect(s.sandbox.exportWorld()).toEqual(file);
      expect(await clustersOf(s)).toEqual([KEPT]);
    }
  });
});

/** Runs a command until it says that it serves, then stops it. */
async function run(argv: readonly string[]): Promise<{ code: number; err: string }> {
  let err = '';
  let stop: (() => void) | undefined;
  const code = await runCli(argv, {
    env: { LOG_LEVEL: 'silent' },
    out: () => setImmediate(() => stop?.()),
    err: (text) => {
      err += text;
    },
    onStop(listener) {
      stop = listener;
      return () => {};
    },
  });
  return { code, err };
}

describe('a world on the command line', () => {
  it('is written at the end and read at the start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'world-'));
    try {
      const [first, second] = [join(folder, 'first.json'), join(folder, 'second.json')];
      const start = ['ecs', '--ecs-port', '0', '--speed', '0'];
      const flags = ['--default-cluster', '--seed', 'empty', '--start', '2026-02-03T04:05:06Z', '--random-seed', '9'];
      expect(await run([...start, ...flags, '--export-world', first])).toEqual({ code: 0, err: '' });
      expect(await run([...start, '--import-world', first, '--export-world', second])).toEqual({ code: 0, err: '' });
      const written = await readFile(second, 'utf8');
      expect(written).toBe(await readFile(first, 'utf8'));
      expect(JSON.parse(written)).toMatchObject({ now: '2026-02-03T04:05:06.000Z', seed: 'empty', randomSeed: 9 });

      await writeFile(first, 'no JSON');
      const refused = await run([...start, '--import-world', first]);
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--import-world (ECS_IMPORT_WORLD)')]);
      const missing = await run([...start, '--import-world', join(folder, 'none.json')]);
      expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('ENOENT')]);
      const unwritable = await run([...start, '--export-world', join(folder, 'no', 'such', 'folder')]);
      expect([unwritable.code, unwritable.err]).toEqual([2, expect.stringContaining('--export-world')]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
