import { buildSchema, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { VERSION } from '../../src/version.ts';

async function run(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  let out = '';
  let err = '';
  const made: { hasInventory?: true } = {};
  let stop: (() => void) | undefined;
  const code = await runCli(argv, {
    env: { LOG_LEVEL: 'silent', ...env },
    out: (text) => {
      out += text;
      // Started: that is all that these tests want of a server.
      if (/answers|simulated/.test(text)) setImmediate(() => stop?.());
    },
    err: (text) => {
      err += text;
    },
    onStop(listener) {
      stop = listener;
      return () => {};
    },
    onInventory() {
      made.hasInventory = true;
    },
  });
  return { code, out, err, ...made };
}

describe('the command line', () => {
  it('explains itself', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of [
      'sandbox',
      'serve',
      'ecs',
      'schema',
      'watch',
      'diff',
      'deploy',
      'rollback',
      'restart',
      'scale',
      'run',
      'replace-instances',
      'clean-up',
      'policy',
      'documents',
      'mcp',
      'iam-policy',
      'token',
      'healthcheck',
    ])
      expect(out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(await run([])).toMatchObject({ code: 2 });
    expect(await run(['help', 'serve'])).toEqual(await run(['serve', '--help']));
    expect(await run(['--version'])).toEqual({ code: 0, out: `${VERSION}\n`, err: '' });
  });

  it.each([
    ['sandbox', ['--port', '--ecs-port', '--speed', '--seed'], ['--aws-region']],
    ['serve', ['--port', '--aws-region', '--token', '--max-depth'], ['--speed', '--ecs-port']],
    ['ecs', ['--ecs-port', '--speed', '--host'], ['--base-path', '--token', '--max-depth']],
    ['schema', ['SDL'], ['--port']],
  ])('explains %s', async (command, shown, hidden) => {
    const { code, out } = await run([command, '--help']);
    expect(code).toBe(0);
    for (const text of shown) expect(out).toContain(text);
    for (const text of hidden) expect(out).not.toContain(` ${text}`);
  });

  it('exits with 2 when it is called in the wrong way, and says all that is wrong', async () => {
    expect(await run(['serv'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('"serv" is not a command. Did you mean serve?'),
    });
    const { code, err } = await run(['serve', 'extra', '--port', 'x', '--host', '0.0.0.0']);
    expect(code).toBe(2);
    expect(err).toContain('"extra" is not expected here');
    expect(err.trim().split('\n')).toHaveLength(4);
    expect((await run(['serve', '--prot', '1'])).err).toContain('did you mean --port?');
  });

  it('prints the schema', async () => {
    const { code, out } = await run(['schema']);
    expect(code).toBe(0);
    expect(buildSchema(out).getQueryType()?.name).toBe('Query');
    expect((await run(['schema'])).out).toBe(out);
    expect(await run(['schema', '--json'])).toMatchObject({ code: 2 });
    expect((await run(['schema', '--schema', 'full'])).out).toBe(out);
    const core = (await run(['schema', '--schema=core'])).out;
    expect(buildSchema(core).getType('Daemon')).toBeUndefined();
    const subgraph = (await run(['schema', '--federation', '--schema', 'core'])).out;
    expect(subgraph).toMatch(/^extend schema @link/);
    expect(subgraph).toContain('@key(fields: "serviceArn")');
    expect(await run(['schema', '--schema', 'most'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('core, full'),
    });
    expect(await run(['schema', '--schema', 'core', 'more'])).toMatchObject({ code: 2 });
  });

  it.each(['', '--root Cluster,Service', '--federation'])(
    'prints the schema without its descriptions: %s',
    async (text) => {
      const flags = text.split(' ').filter(Boolean);
      const { out: whole } = await run(['schema', ...flags]);
      const { code, out: terse } = await run(['schema', '--terse', ...flags]);
      expect(code).toBe(0);
      expect(terse).not.toContain('"""');
      expect(terse.length).toBeLessThan(whole.length / 3);
      const bare = (sdl: string) =>
        stripIgnoredCharacters(
          print(visit(parse(sdl), { StringValue: (node, key) => (key === 'description' ? null : node) })),
        );
      expect(stripIgnoredCharacters(terse)).toBe(bare(whole));
    },
  );

  it('serves until it is stopped', async () => {
    const { code, out } = await run(['serve', '--port', '0'], { AWS_REGION: 'eu-central-1' });
    expect(code).toBe(0);
    expect(out).toMatch(/http:\/\/127\.0\.0\.1:\d+\/graphql/);
  });

  it('prepares the process for an inventory where events can come', async () => {
    const env = { AWS_REGION: 'eu-central-1' };
    expect(await run(['serve', '--port', '0'], env)).not.toHaveProperty('hasInventory');
    const queue = 'http://127.0.0.1:9/111122223333/events';
    expect(await run(['serve', '--port', '0', '--events-queue', queue], env)).toMatchObject({ hasInventory: true });
    expect(await run(['serve', '--port', '0', '--events-queue', `${queue}.fifo`], env)).toMatchObject({
      code: 2,
      err: expect.stringContaining('must be a standard queue'),
    });
  });

  it('starts a sandbox and says that it is one', async () => {
    const { code, out } = await run(['sandbox', '--port', '0', '--ecs-port', '0', '--seed', 'empty']);
    expect(code).toBe(0);
    expect(out).toContain('simulated');
    expect(out).toMatch(/aws --region us-east-1 --endpoint-url http:\/\/127\.0\.0\.1:\d+ ecs list-clusters/);
  });

  it('starts the ECS alone', async () => {
    expect(await run(['ecs', '--ecs-port', '0', '--seed', 'empty'])).toMatchObject({ code: 0, err: '' });
  });

  it('says in one line that a port is in use', async () => {
    const { createServer } = await import('node:net');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const port = String((other.address() as { port: number }).port);
    const serve = await run(['serve', '--port', port], { AWS_REGION: 'eu-central-1' });
    expect(serve).toEqual({
      code: 1,
      out: '',
      err: `Port ${port} on 127.0.0.1 is in use; choose another with --port (PORT).\n`,
    });
    const ecs = await run(['ecs', '--ecs-port', port]);
    expect(ecs).toEqual({
      code: 1,
      out: '',
      err: `Port ${port} on 127.0.0.1 is in use; choose another with --ecs-port (ECS_PORT).\n`,
    });
    const sandbox = await run(['sandbox', '--port', port, '--ecs-port', '0']);
    expect(sandbox).toMatchObject({ code: 1, out: '' });
    await new Promise((resolve) => other.close(resolve));
  });

  it('says how to name a missing region', async () => {
    const empty = { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' };
    const before = { ...process.env };
    Object.assign(process.env, empty);
    const { code, err } = await run(['serve', '--port', '0']);
    process.env = before;
    expect(code).toBe(2);
    expect(err).toContain('--aws-region (AWS_REGION)');
  });
});
