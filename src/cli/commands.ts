import { parseArgs } from 'node:util';
import { type App, createApp } from '../app.ts';
import { type Config, ConfigError, loadConfig, receivesEvents } from '../config/index.ts';
import { nearest } from '../config/nearest.ts';
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
  const { contract, roots, isSubgraph, isTerse } = schemaOptions(argv);
  const { printGraph, withoutDescriptions } = await import('../schema/graph/print-graph.ts');
  const print = (sdl: string) => host.out(isTerse ? withoutDescriptions(sdl) : sdl);
  const full = createSchema();
  const { coreOf } = await import('../schema/contracts/core-schema.ts');
  const served = contract === 'core' ? coreOf(full) : full;
  if (roots === undefined) {
    const { subgraphSdl } = await import('../schema/federation/subgraph-sdl.ts');
    print(isSubgraph ? subgraphSdl(served) : printGraph(served));
    return 0;
  }
  const { nounsOf, subsetOf } = await import('../schema/contracts/subset.ts');
  const nouns = nounsOf(served);
  const problems = roots.flatMap((name) => {
    if (nouns.has(name)) return [];
    const meant = nearest(name, [...nouns]);
    return [
      `--root "${name}" is not a type with an id${meant === undefined ? ', such as Cluster, Service or Task' : `; did you mean "${meant}"?`}`,
    ];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  print(printGraph(subsetOf(served, roots)));
  return 0;
}

interface SchemaOptions {
  /** `full` by default. */
  readonly contract: 'core' | 'full';
  /** Types that a part of the schema is about; undefined means all. */
  readonly roots: readonly string[] | undefined;
  /** Whether to print a subgraph of Apollo Federation. */
  readonly isSubgraph: boolean;
  /** Whether to leave out the descriptions. */
  readonly isTerse: boolean;
}

function schemaOptions(argv: readonly string[]): SchemaOptions {
  const options = {
    schema: { type: 'string' },
    root: { type: 'string' },
    federation: { type: 'boolean' },
    terse: { type: 'boolean' },
  } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...argv], options }));
  } catch (error) {
    throw new ConfigError([
      `${(error as Error).message}; --schema core|full, --root <type,...>, --federation and --terse are expected here`,
    ]);
  }
  const { schema: contract = 'full', root, federation: isSubgraph = false, terse: isTerse = false } = values;
  if (contract !== 'core' && contract !== 'full') throw new ConfigError(['--schema must be one of core, full']);
  const roots = root?.split(',').flatMap((name) => name.trim() || []);
  if (roots?.length === 0) throw new ConfigError(['--root must name types, such as Cluster,Service']);
  if (isSubgraph && roots !== undefined) throw new ConfigError(['give --root or --federation, not both']);
  return { contract, roots, isSubgraph, isTerse };
}

async function startGateway(config: Config, host: CliHost): Promise<{ app: App; url: string } | undefined> {
  if (receivesEvents(config)) host.onInventory?.();
  const app = await createApp(config).catch((error: unknown) => {
    if (!/region is missing/i.test(String(error))) throw error;
    throw new ConfigError([
      '--aws-region (AWS_REGION) is needed: neither it, AWS_DEFAULT_REGION nor the AWS profile names a region',
    ]);
  });
  const { reload } = app;
  if (reload) host.onReload?.(() => void reload());
  host.onUnhandled?.(app.unhandled);
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
