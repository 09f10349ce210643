import { type App, createApp } from '../app.ts';
import { type Config, ConfigError, loadConfig } from '../config/index.ts';
import { createSchema } from '../schema/index.ts';
import { cannotListen } from './cannot-listen.ts';
import type { CliHost } from './host.ts';
import { startEcs } from './start-ecs.ts';
import { untilStopped } from './stop.ts';

/** The sandbox accepts any credentials, and the AWS SDK requires some. */
const SANDBOX_CREDENTIALS = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
const SANDBOX_REGION = 'us-east-1';

/** `ecs-graphql serve` */
export async function serve(argv: readonly string[], host: CliHost): Promise<number> {
  const config = loadConfig('serve', argv, host.env);
  const gateway = await startGateway(config, host);
  if (!gateway) return 1;
  host.out(`ecs-graphql answers at ${gateway.url}/graphql\n`);
  return untilStopped(host, () => gateway.app.dispose());
}

/** `ecs-graphql sandbox` */
export async function sandbox(argv: readonly string[], host: CliHost): Promise<number> {
  const config = loadConfig('sandbox', argv, host.env);
  const simulated = await startEcs(config, host);
  if (!simulated) return 1;
  // The gateway sees the sandbox as an ordinary endpoint.
  const gateway = await startGateway(
    { ...config, awsRegion: SANDBOX_REGION, awsEndpointUrlEcs: simulated.url, credentials: SANDBOX_CREDENTIALS },
    host,
  );
  if (!gateway) {
    await simulated.close();
    return 1;
  }
  host.out(`
  ${simulationNotice(config.speed)}

${config.dashboard ? `  Dashboard ${gateway.url}/\n` : ''}  GraphQL   ${gateway.url}/graphql${config.graphiql ? '   (GraphiQL in a browser)' : ''}
  ECS       ${simulated.url}

${awsHint(simulated.url)}
`);
  return untilStopped(host, async () => {
    await gateway.app.dispose();
    await simulated.close();
  });
}

/** `ecs-graphql ecs` */
export async function ecs(argv: readonly string[], host: CliHost): Promise<number> {
  const config = loadConfig('ecs', argv, host.env);
  const simulated = await startEcs(config, host);
  if (!simulated) return 1;
  host.out(`
  ${simulationNotice(config.speed)}

  ECS       ${simulated.url}

${awsHint(simulated.url)}
`);
  return untilStopped(host, () => simulated.close());
}

/** `ecs-graphql schema` */
export async function schema(argv: readonly string[], host: CliHost): Promise<number> {
  const isSubgraph = argv.includes('--federation');
  const contract = contractOf(argv.filter((argument) => argument !== '--federation'));
  const { printGraph } = await import('../schema/graph/print-graph.ts');
  const full = createSchema();
  const { coreOf } = await import('../schema/contracts/core-schema.ts');
  const chosen = contract === 'core' ? coreOf(full) : full;
  const { subgraphSdl } = await import('../schema/federation/subgraph-sdl.ts');
  host.out(isSubgraph ? subgraphSdl(chosen) : printGraph(chosen));
  return 0;
}

/** The contract that `schema --schema` names; `full` without it. */
function contractOf(argv: readonly string[]): 'core' | 'full' {
  const [flag, value, ...rest] = argv.flatMap((argument) => argument.split(/(?<=^--schema)=/));
  if (flag === undefined) return 'full';
  if (flag !== '--schema')
    throw new ConfigError([`"${flag}" is not expected here; --schema core|full and --federation are`]);
  if (value !== 'core' && value !== 'full') throw new ConfigError(['--schema must be one of core, full']);
  if (rest.length > 0) throw new ConfigError(rest.map((argument) => `"${argument}" is not expected here`));
  return value;
}

async function startGateway(config: Config, host: CliHost): Promise<{ app: App; url: string } | undefined> {
  const app = await createApp(config).catch((error: unknown) => {
    if (!/region is missing/i.test(String(error))) throw error;
    throw new ConfigError([
      '--aws-region (AWS_REGION) is needed: neither it, AWS_DEFAULT_REGION nor the AWS profile names a region',
    ]);
  });
  const { reload } = app;
  if (reload) host.onReload?.(() => void reload());
  try {
    return { app, ...(await app.listen()) };
  } catch (error) {
    host.err(cannotListen(error, config.host, config.port, '--port (PORT)'));
    await app.dispose();
    return undefined;
  }
}

function simulationNotice(speed: number): string {
  const time = speed === 0 ? 'stands still' : `goes ${speed} times as fast as yours`;
  return `This ECS is simulated: nothing here runs, costs or reaches AWS. Its time ${time}.`;
}

function awsHint(url: string): string {
  const credentials = 'AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox';
  return `  ${credentials} \\\n    aws --region us-east-1 --endpoint-url ${url} ecs list-clusters`;
}
