import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { initWs } from '../support/gateway/ws-client.ts';
import { startNode } from '../support/programs/cli-process.ts';
import { stages } from '../support/programs/dockerfile.ts';
import { BUILD_TIMEOUT, imageBuild } from '../support/programs/image-build.ts';
import { until } from '../support/time/until.ts';

const json = { 'content-type': 'application/json' };
const run = promisify(execFile);

interface Sbom {
  readonly metadata: { readonly component: object };
  readonly components: readonly {
    readonly name: string;
    readonly purl: string;
    readonly licenses: readonly object[];
  }[];
}

let image = '';
/** There is nothing but dist/. */
let folder = '';
let metafile: Metafile;
beforeAll(async () => {
  image = await imageBuild();
  folder = await mkdtemp(join(tmpdir(), 'ecs-graphql-'));
  metafile = JSON.parse(await readFile(join(image, 'metafile.json'), 'utf8')) as Metafile;
  await cp(join(image, 'dist'), join(folder, 'dist'), { recursive: true });
}, BUILD_TIMEOUT);
afterAll(() => rm(folder, { recursive: true }));

describe('the image', () => {
  it('lists what its program was built from', { timeout: BUILD_TIMEOUT }, async () => {
    expect(stages.build).toMatch(/^RUN node esbuild\.config\.mjs --metafile$/m);
    expect(stages.build).toMatch(/^RUN node deploy\/sbom\.mjs --metafile > sbom\.cdx\.json$/m);
    const { stdout } = await run(process.execPath, ['deploy/sbom.mjs', '--metafile'], {
      cwd: image,
      maxBuffer: 64 * 1024 * 1024,
    });
    const { metadata, components } = JSON.parse(stdout) as Sbom;
    expect(metadata.component).toMatchObject({ name: 'ecs-graphql', type: 'application' });
    const names = components.map(({ name }) => name);
    const held = [
      '@aws-sdk/client-ecs',
      '@graphql-yoga/render-graphiql',
      '@opentelemetry/sdk-trace',
      'graphql',
      'libsql',
      'pino',
      'react',
    ];
    expect(names).toEqual(expect.arrayContaining(held));
    const tools = ['esbuild', 'playwright-core', 'typescript', 'vite', 'vitest'];
    expect(names.filter((name) => tools.includes(name))).toEqual([]);
    const incomplete = components.filter(({ purl, licenses }) => !purl.startsWith('pkg:npm/') || licenses.length === 0);
    expect(incomplete).toEqual([]);
  });
});

describe('the bundle, built from what the image copies, alone in a folder', () => {
  it('is all that the sandbox, the graph, its GraphiQL and its WebSocket need', async () => {
    const cli = startNode(['dist/main.js', 'sandbox', '--port', '0', '--ecs-port', '0'], { cwd: folder });
    const [, url = ''] = await cli.waitFor(/GraphQL +(http:\S+)/);
    await cli.waitFor(/list-clusters/);
    // Nothing stands before the notice of the sandbox, on any Node.
    expect(cli.output().stderr).toBe('');

    const response = await fetch(url, {
      method: 'POST',
      headers: json,
      body: '{"query":"{ clusters { nodes { clusterName } } }"}',
    });
    expect(await response.json()).toMatchObject({ data: { clusters: { nodes: expect.any(Array) } } });

    const introspection = await fetch(url, {
      method: 'POST',
      headers: json,
      body: '{"query":"{ __type(name: \\"Secret\\") { fields { name description } } }"}',
    });
    expect(await introspection.json()).toMatchObject({
      data: {
        __type: { fields: [{ name: 'name', description: expect.stringContaining('environment variable') }, {}] },
      },
    });

    const page = await (await fetch(url, { headers: { accept: 'text/html' } })).text();
    const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    const names = assets.map((asset) => asset.slice(asset.lastIndexOf('/') + 1));
    expect(names).toEqual(['favicon.ico', 'graphiql.css', 'page.css', 'graphiql.js', 'boot.js']);
    for (const asset of assets) {
      const file = await fetch(new URL(asset, url));
      expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }

    const peer = await initWs(url);
    peer.send({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } });
    expect(await peer.next()).toMatchObject({ payload: { data: { __typename: 'Query' } } });

    cli.child.kill('SIGTERM');
    expect((await peer.closed).code).toBe(1001);
    expect(await cli.exited).toEqual({ code: 0, signal: null });
  });

  it('answers for its version and its mistakes', async () => {
    const version = startNode(['dist/main.js', '--version'], { cwd: folder });
    expect(await version.exited).toEqual({ code: 0, signal: null });
    expect(version.output().stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    // Like `... | head -1`: writes find no reader, which must not print a stack.
    const piped = startNode(['dist/main.js', 'schema'], { cwd: folder });
    piped.child.stdout?.destroy();
    expect(await piped.exited).toEqual({ code: 141, signal: null });
    expect(piped.output().stderr).toBe('');
    const wrong = startNode(['dist/main.js', 'serve', '--port', 'x'], { cwd: folder, env: { HOST: '0.0.0.0' } });
    expect(await wrong.exited).toEqual({ code: 2, signal: null });
    expect(wrong.output().stderr).toContain('ECS_GRAPHQL_TOKEN=');
  });

  it('waits for what is running at the first signal, and not at the second', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const cli = startNode(['dist/main.js', 'serve', '--port', '0'], {
      cwd: folder,
      env: {
        AWS_REGION: 'eu-central-1',
        AWS_ENDPOINT_URL_ECS: `http://127.0.0.1:${port}`,
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
      },
    });
    const [, url = ''] = await cli.waitFor(/answers at (\S+)/);
    const called = new Promise((resolve) => silent.once('connection', resolve));
    const running = fetch(url, {
      method: 'POST',
      headers: json,
      body: '{"query":"{ clusters { nodes { clusterName } } }"}',
    }).catch(() => 'cut');
    await called;
    cli.child.kill('SIGTERM');
    let status = 200;
    while (status === 200) status = (await fetch(new URL('/readyz', url))).status;
    expect(status).toBe(503);
    cli.child.kill('SIGTERM');
    expect(await cli.exited).toEqual({ code: 130, signal: null });
    expect(await running).toBe('cut');
    silent.close();
  });

  it('goes on after a rejection that nothing handles, and logs it', async () => {
    const fault = `process.on('SIGUSR2', () => void Promise.reject(new Error('nobody waits')))`;
    const flags = ['--import', `data:text/javascript,${encodeURIComponent(fault)}`];
    const cli = startNode([...flags, 'dist/main.js', 'sandbox', '--port', '0', '--ecs-port', '0'], { cwd: folder });
    const [, url = ''] = await cli.waitFor(/GraphQL +(http:\S+)/);
    await cli.waitFor(/list-clusters/);
    cli.child.kill('SIGUSR2');
    await until(() => cli.output().stderr.includes('nobody waits'));
    expect(cli.output().stderr).toContain('a rejected promise was not handled');
    expect((await fetch(new URL('/readyz', url))).status).toBe(200);
    cli.child.kill('SIGTERM');
    expect(await cli.exited).toEqual({ code: 0, signal: null });
  });

  it('has an audit line for each write that ECS did, those that SIGTERM found in progress too', async () => {
    const sandbox = await startSandbox({ speed: 0, seed: 'demo' });
    /** Holds each write until SIGTERM was sent, but for the first ten. */
    const held: (() => void)[] = [];
    let writes = 0;
    const between = createHttpServer(async (request, response) => {
      const body = await buffer(request);
      const isWrite = String(request.headers['x-amz-target']).endsWith('.UpdateService');
      if (isWrite) writes += 1;
      if (isWrite && writes > 10) await new Promise<void>((resolve) => held.push(resolve));
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const answer = await fetch(sandbox.url, { method: 'POST', headers: headers as Record<string, string>, body });
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const { port } = between.address() as { port: number };
    const audit = join(folder, 'audit.log');
    const cli = startNode(['dist/main.js', 'serve', '--port', '0'], {
      cwd: folder,
      env: {
        AUDIT_LOG: audit,
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL_ECS: `http://127.0.0.1:${port}`,
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
      },
    });
    const [, url = ''] = await cli.waitFor(/answers at (\S+)/);
    const scale = async (key: string) => {
      const query = `mutation { updateService(idempotencyKey: "${key}", input: { cluster: "storefront", service: "cart", desiredCount: 2 }) { service { desiredCount } } }`;
      const response = await fetch(url, { method: 'POST', headers: json, body: JSON.stringify({ query }) });
      return (await response.json()) as { errors?: unknown };
    };
    const keys = Array.from({ length: 25 }, (_, index) => `k${String(index).padStart(2, '0')}`);
    const answers = [];
    for (const key of keys.slice(0, 10)) answers.push(await scale(key));
    const running = keys.slice(10).map(scale);
    await until(() => held.length === 15);
    cli.child.kill('SIGTERM');
    while ((await fetch(new URL('/readyz', url))).status === 200);
    for (const release of held) release();
    answers.push(...(await Promise.all(running)));
    expect(await cli.exited).toEqual({ code: 0, signal: null });
    expect(answers).toMatchObject(keys.map(() => ({ data: { updateService: { service: { desiredCount: 2 } } } })));
    expect(sandbox.calls()).toMatchObject({ UpdateService: keys.length });
    const lines = (await readFile(audit, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ idempotencyKey }) => idempotencyKey).sort()).toEqual(keys);
    expect(lines.map(({ outcome }) => outcome)).toEqual(keys.map(() => 'DONE'));
    between.close();
    await sandbox.close();
  });

  it('loads at its start nothing that only some users need', () => {
    const files = sourcesAtStart(metafile);
    expect(files).toEqual(expect.arrayContaining(['src/app.ts', 'src/schema/index.ts', 'src/http/yoga.ts']));
    const later = [
      'src/sandbox/',
      'src/preview/',
      'src/observe/telemetry.ts',
      'node_modules/@opentelemetry/sdk-trace/',
      'node_modules/@opentelemetry/exporter-trace-otlp-http/',
      'src/schema/federation/',
      'src/watch/stream.ts',
      'src/http/websocket/server.ts',
      'node_modules/ws/',
      'node_modules/graphql-ws/',
      'node_modules/@aws-sdk/client-ecs/dist-es/commands/',
      'node_modules/@aws-sdk/credential-provider-sso/',
    ];
    const all = Object.keys(metafile.inputs);
    for (const part of later) {
      expect(all.some((file) => file.includes(part))).toBe(true);
      expect(files.filter((file) => file.includes(part))).toEqual([]);
    }
    // Neither at the start nor at all: GraphiQL is files, read when a browser asks, and the generator stays at home.
    expect(all.filter((file) => /render-graphiql|src\/codegen|node_modules\/graphql\/index\.js$/.test(file))).toEqual(
      [],
    );
  });
});

/** The sources of what `main.js` imports, and what that imports, before anything runs. */
function sourcesAtStart({ outputs }: Metafile): string[] {
  const reached = new Set(Object.keys(outputs).filter((file) => outputs[file]?.entryPoint === 'src/main.ts'));
  for (const file of reached) {
    for (const { path, kind, external } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) reached.add(path);
    }
  }
  return [...reached].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
}
