import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { BASE, BUILD_OPTIONS, ENGINE, engine, must, RUN_OPTIONS } from './engine.ts';

/**
 * `npm run test:image`: builds the image, and runs it by the lines and settings of docs/containers.md. ENGINE is docker or podman; BASE
 * is another base image, such as one of make-base.sh; BUILD_OPTIONS, RUN_OPTIONS and ENGINE_OPTIONS are what the engine needs.
 */
const IMAGE = 'ecs-graphql:test';
const NETWORK = 'ecs-graphql-test';
const guide = readFileSync('docs/containers.md', 'utf8');
const started: string[] = [];

/** Starts a container in the background, with a file system that cannot be written. */
async function start(name: string, options: readonly string[], command: readonly string[]): Promise<void> {
  started.push(name);
  await must('run', '--detach', '--read-only', '--name', name, ...RUN_OPTIONS, ...options, IMAGE, ...command);
}

/** Where a port of a container is published on this machine. */
async function publishedAt(name: string, port: number): Promise<string> {
  const [address = ''] = (await must('port', name, `${port}/tcp`)).split('\n');
  return `http://${address}`;
}

/** Waits until the image's health check passes. */
async function healthy(name: string): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await engine(['exec', name, 'node', 'dist/main.js', 'healthcheck'])).code === 0) return;
    await delay(500);
  }
  throw new Error(`${name} is not healthy: ${JSON.stringify(await engine(['logs', name]))}`);
}

/** Ends a container as its orchestrator does. */
async function endsWell(name: string): Promise<void> {
  const began = performance.now();
  await must('stop', '--time', '20', name);
  const took = performance.now() - began;
  assert.equal(await must('inspect', '--format', '{{.State.ExitCode}}', name), '0', 'exit code after SIGTERM');
  assert.ok(took < 15_000, `${name} took ${took} ms to end`);
}

async function ask(url: string, query: string, headers: Record<string, string> = {}) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
  const response = await fetch(`${url}/graphql`, { ...init, body: JSON.stringify({ query }) });
  return { status: response.status, body: (await response.json()) as { data?: unknown } };
}

const CLUSTERS = '{ clusters { nodes { clusterName } } }';
const DEMO = /"clusterName":"storefront"/;

/** The services of the guide's compose.yaml: command and environment. */
const services = [
  ...guide.matchAll(/^ {2}(\w+):\n {4}image: ecs-graphql\n {4}command: \[(\w+)\]\n {4}environment:\n((?: {6}.*\n)+)/gm),
].map(([, name = '', command = '', text = '']) => ({
  name,
  command,
  environment: [...text.matchAll(/^ {6}(\w+): "?(.*?)"?$/gm)].map(([, key, value]) => `${key}=${value}`),
}));

const checks: Readonly<Record<string, () => Promise<string | undefined>>> = {
  'the image builds from the Dockerfile': async () => {
    const base = BASE === undefined ? [] : ['--build-arg', `BASE=${BASE}`];
    const { code } = await engine(['build', ...BUILD_OPTIONS, ...base, '--tag', IMAGE, '.'], true);
    assert.equal(code, 0);
    const sizeOf = async (image: string) =>
      Number(await must('image', 'inspect', '--format', '{{.Size}}', image)) / 1e6;
    const size = await sizeOf(IMAGE);
    if (BASE === undefined) return `${Math.round(size)} MB`;
    const ofBase = await sizeOf(BASE);
    const said = Number(/It adds (\d+) MB to its base/.exec(guide)?.[1]);
    assert.ok(
      Math.abs(size - ofBase - said) < said / 10,
      `the image adds ${size - ofBase} MB, and the guide says ${said}`,
    );
    return `${Math.round(size)} MB, of which ${Math.round(ofBase)} MB are ${BASE}`;
  },
  'it runs without root, and names its health check and signal': async () => {
    assert.equal(await must('run', '--rm', ...RUN_OPTIONS, '--entrypoint', 'id', IMAGE, '-un'), 'node');
    const config = await must('image', 'inspect', '--format', '{{json .}}', IMAGE);
    assert.match(config, /"dist\/main.js",\s*"healthcheck"/);
    assert.match(config, /SIGTERM/);
    return undefined;
  },
  'it refuses to serve others without a token': async () => {
    const { code, err } = await engine(['run', '--rm', ...RUN_OPTIONS, '-e', 'AWS_REGION=eu-west-1', IMAGE]);
    assert.equal(code, 2);
    assert.match(err, /ECS_GRAPHQL_TOKEN/);
    return undefined;
  },
  'it runs the sandbox by the line of the guide': async () => {
    const [, options = '', command = ''] = /^docker run --rm (.*) ecs-graphql (sandbox .*)$/m.exec(guide) ?? [];
    // The ports of the guide may be taken on this machine.
    const published = options.replaceAll(/127\.0\.0\.1:\d+:/g, '127.0.0.1::').split(' ');
    await start('ecs-graphql-sandbox', published, command.split(' '));
    await healthy('ecs-graphql-sandbox');
    const gateway = await publishedAt('ecs-graphql-sandbox', 4000);
    assert.match(JSON.stringify(await ask(gateway, CLUSTERS)), DEMO);
    const page = await fetch(`${gateway}/graphql`, { headers: { accept: 'text/html' } });
    assert.match(await page.text(), /graphiql/i);
    const ecs = await fetch(await publishedAt('ecs-graphql-sandbox', 4510), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters',
        authorization:
          'AWS4-HMAC-SHA256 Credential=sandbox/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: '{}',
    });
    assert.match(await ecs.text(), /:cluster\/storefront"/);
    await endsWell('ecs-graphql-sandbox');
    return undefined;
  },
  'it keeps a history in a volume': async () => {
    const settings = [
      '--tmpfs',
      '/data:mode=1777',
      '--env',
      'HISTORY=/data/history.db',
      '--env',
      'ALLOW_ANONYMOUS=on',
      '--publish',
      '127.0.0.1::4000',
    ];
    await start('ecs-graphql-history', settings, ['sandbox', '--speed', '100']);
    await healthy('ecs-graphql-history');
    const gateway = await publishedAt('ecs-graphql-history', 4000);
    const cart = 'service(cluster: "storefront", service: "cart")';
    await ask(gateway, `{ ${cart} { events { message } } }`);
    // A reading is written within a second.
    await delay(2_000);
    const { body } = await ask(gateway, `{ ${cart} { history { nodes { kind text } } } }`);
    assert.match(JSON.stringify(body), /"kind":"SERVICE_EVENT"/);
    await endsWell('ecs-graphql-history');
    return undefined;
  },
  'two containers talk by the settings of the guide': async () => {
    assert.deepEqual(
      services.map(({ name }) => name),
      ['ecs', 'gateway'],
    );
    await must('network', 'create', NETWORK);
    for (const { name, command, environment } of services) {
      const settings = environment.flatMap((setting) => ['--env', setting]);
      const place = ['--network', NETWORK, '--network-alias', name, '--publish', '127.0.0.1::4000'];
      await start(`ecs-graphql-${name}`, [...place, ...settings], [command]);
      await healthy(`ecs-graphql-${name}`);
    }
    const gateway = await publishedAt('ecs-graphql-gateway', 4000);
    const token = services[1]?.environment.find((setting) => setting.startsWith('ECS_GRAPHQL_TOKEN='))?.split('=')[1];
    const authorization = { authorization: `Bearer ${token}` };
    assert.equal((await ask(gateway, CLUSTERS)).status, 401);
    assert.match(JSON.stringify(await ask(gateway, CLUSTERS, authorization)), DEMO);
    const create = 'mutation { createCluster(input: { clusterName: "made" }) { cluster { status } } }';
    assert.match(JSON.stringify(await ask(gateway, create, authorization)), /"status":"ACTIVE"/);
    await endsWell('ecs-graphql-gateway');
    await endsWell('ecs-graphql-ecs');
    return undefined;
  },
  'it refuses plain http to another container where no setting allows it': async () => {
    const settings = (services[1]?.environment ?? []).filter(
      (setting) => !setting.startsWith('ALLOW_INSECURE_ENDPOINT'),
    );
    const { code, err } = await engine([
      'run',
      '--rm',
      ...RUN_OPTIONS,
      ...settings.flatMap((setting) => ['--env', setting]),
      IMAGE,
    ]);
    assert.equal(code, 2);
    assert.match(err, /ALLOW_INSECURE_ENDPOINT/);
    return undefined;
  },
};

try {
  for (const [name, check] of Object.entries(checks)) {
    const note = await check();
    process.stdout.write(`ok: ${name}${note === undefined ? '' : ` (${note})`}\n`);
  }
} catch (error) {
  process.stderr.write(`${ENGINE}: ${String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
} finally {
  for (const name of started) await engine(['rm', '--force', name]);
  await engine(['network', 'rm', NETWORK]);
}
