import { randomBytes } from 'node:crypto';
import { createApp } from '../app.ts';
import { ConfigError, loadConfig, separateWords } from '../config/index.ts';
import type { CliHost } from './host.ts';

export const MCP_HELP = `Usage: ecs-graphql mcp --url <gateway>     the tools of a gateway that runs, such as http://127.0.0.1:4000
       ecs-graphql mcp [settings of serve]   a gateway of its own, with the credentials that the AWS SDK finds

Speaks the Model Context Protocol on stdin and stdout, for agents that start their tools as programs. The gateway of --url has to run
with MCP=on; the token is read from ECS_GRAPHQL_TOKEN. Mutations are there only if the setting MCP_MUTATIONS of the gateway names them.
`;

const ENDPOINT = '/mcp';

/** `ecs-graphql mcp` */
export async function mcp(argv: readonly string[], host: CliHost): Promise<number> {
  const at = argv.findIndex((word) => word === '--url' || word.startsWith('--url='));
  return at < 0 ? ownGateway(argv, host) : otherGateway(argv, at, host);
}

async function otherGateway(argv: readonly string[], at: number, host: CliHost): Promise<number> {
  const [flag = ''] = argv.slice(at);
  const given = flag.includes('=') ? flag.slice('--url='.length) : (argv[at + 1] ?? '');
  const { words } = separateWords(
    argv.filter((_, index) => index !== at && index !== at + (flag.includes('=') ? 0 : 1)),
  );
  if (words.length > 0) throw new ConfigError(words.map((word) => `"${word}" is not expected here`));
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw new ConfigError([`--url ${given} is not an http or https URL`]);
  }
  const url = new URL(given);
  // A gateway, its GraphQL endpoint, or its MCP endpoint.
  url.pathname = `${url.pathname.replace(/\/(graphql|mcp)?$/, '')}${ENDPOINT}`;
  return run(host, { url: url.href, token: host.env.ECS_GRAPHQL_TOKEN || undefined }, async () => undefined);
}

async function ownGateway(argv: readonly string[], host: CliHost): Promise<number> {
  const config = loadConfig('serve', argv, host.env);
  // The user who starts the process has its credentials, and so the role admin; policies and READ_ONLY restrict that.
  const token = config.token ?? randomBytes(32).toString('hex');
  const app = await createApp({ ...config, mcp: true, token, graphiql: false, dashboard: false });
  const fetch = (url: string | URL, init?: RequestInit) => app.fetch(new Request(url, init));
  return run(host, { url: `http://127.0.0.1${ENDPOINT}`, token, fetch }, () => app.dispose());
}

async function run(
  host: CliHost,
  gateway: Pick<Parameters<typeof import('../mcp/bridge.ts').startBridge>[0], 'url' | 'token' | 'fetch'>,
  dispose: () => Promise<void>,
): Promise<number> {
  const { startBridge } = await import('../mcp/bridge.ts');
  let close: () => Promise<void> = async () => undefined;
  await new Promise<void>((resolve, reject) => {
    host.onStop(resolve);
    startBridge({ ...gateway, onEnd: resolve }).then((made) => {
      close = made;
    }, reject);
  });
  await close();
  await dispose();
  return 0;
}
