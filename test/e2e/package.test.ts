import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTypes } from '../../esbuild.config.mjs';
import { BUILD_TIMEOUT, imageBuild } from '../support/programs/image-build.ts';

const run = promisify(execFile);

const SANDBOX = `
  import { startSandbox, type Sandbox, type SandboxOptions } from 'ecs-graphql/sandbox';

  const options: SandboxOptions = { seed: 'demo', speed: 0 };
  const sandbox: Sandbox = await startSandbox(options);
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters',
    authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=0',
  };
  const response = await fetch(sandbox.url, { method: 'POST', headers, body: '{}' });
  const { clusterArns } = (await response.json()) as { clusterArns: string[] };
  sandbox.faults.set({ rules: [{ fault: 'throttle', rate: 0.5 }] });
  console.log(clusterArns.length, sandbox.calls().ListClusters, sandbox.events('eu-west-1').events.length > 0);
  await sandbox.close();
`;

const GATEWAY = `
  import { type App, createApp, createSchema } from 'ecs-graphql/gateway';
  import { startSandbox } from 'ecs-graphql/sandbox';
  import { parse, validate } from 'graphql';

  const sandbox = await startSandbox({ seed: 'demo', speed: 0 });
  const keys = { AWS_ACCESS_KEY_ID: 'sandbox', AWS_SECRET_ACCESS_KEY: 'sandbox' };
  Object.assign(process.env, keys);
  const app: App = await createApp({ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: sandbox.url, PORT: '0', LOG_LEVEL: 'silent' });
  const { url } = await app.listen();
  const query = '{ cluster(cluster: "platform") { clusterName } }';
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url + '/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data } = (await response.json()) as { data: { cluster: { clusterName: string } } };
  console.log(data.cluster.clusterName, validate(createSchema(), parse(query)).length);
  await app.dispose();
  await sandbox.close();
`;

const COMMON_JS = `
  const { startSandbox } = require('ecs-graphql/sandbox');
  startSandbox().then(async (sandbox) => {
    console.log(typeof sandbox.url);
    await sandbox.close();
  });
`;

describe('the package, packed and installed into an empty folder', () => {
  let folder: string;
  const at = (...path: string[]) => join(folder, ...path);
  const node = async (file: string) => (await run(process.execPath, [file], { cwd: at('user') })).stdout.trim();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecs-graphql-package-'));
    const dist = pathToFileURL(`${at('package', 'dist')}/`);
    await Promise.all([mkdir(at('package')), mkdir(at('user'))]);
    const [built] = await Promise.all([imageBuild(), writeTypes(dist)]);
    // The pages are the largest part of the package, and no test here reads them.
    const isPage = (path: string) => /\/dist\/(graphiql|dashboard)$/.test(path);
    await cp(join(built, 'dist'), at('package', 'dist'), { recursive: true, filter: (path) => !isPage(path) });
    for (const file of ['package.json', 'schema.graphql', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
      await copyFile(file, at('package', file));
    }
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: at('package') });
    const [tarball = ''] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
    await writeFile(at('user', 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', at(tarball)], { cwd: at('user') });
  }, BUILD_TIMEOUT);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is one package', async () => {
    const installed = await readdir(at('user', 'node_modules'));
    expect(installed.filter((name) => !name.startsWith('.'))).toEqual(['ecs-graphql']);
    const { stdout } = await run('npx', ['--no', 'ecs-graphql', '--version'], { cwd: at('user') });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('is used from TypeScript, with its types: sandbox and gateway', { timeout: 120_000 }, async () => {
    await symlink(resolve('node_modules/graphql'), at('user', 'node_modules', 'graphql'));
    await mkdir(at('user', 'node_modules', '@types'));
    await symlink(resolve('node_modules/@types/node'), at('user', 'node_modules', '@types', 'node'));
    await symlink(resolve('node_modules/undici-types'), at('user', 'node_modules', 'undici-types'));
    await writeFile(at('user', 'sandbox.ts'), SANDBOX);
    await writeFile(at('user', 'gateway.ts'), GATEWAY);
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--preserveSymlinks'];
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const compiled = await run(process.execPath, [tsc, ...options, 'sandbox.ts', 'gateway.ts'], {
      cwd: at('user'),
    }).catch((error: { stdout: string }) => error);
    expect(compiled.stdout).toBe('');
    expect(await node('sandbox.js')).toBe('3 1 true');
    expect(await node('gateway.js')).toBe('platform 0');
  });

  it('is used from CommonJS', async () => {
    await writeFile(at('user', 'common.cjs'), COMMON_JS);
    expect(await node('common.cjs')).toBe('string');
  });

  it('brings the schema', async () => {
    await writeFile(
      at('user', 'schema.js'),
      "import { fileURLToPath } from 'node:url'; console.log(fileURLToPath(import.meta.resolve('ecs-graphql/schema.graphql')));",
    );
    expect(await readFile(await node('schema.js'), 'utf8')).toBe(await readFile('schema.graphql', 'utf8'));
  });
});
