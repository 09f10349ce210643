import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { beforeAll, expect, it } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { createWorld } from '../support/gateway/world.ts';
import { BUILD_TIMEOUT, builtProgram } from '../support/programs/image-build.ts';

const TOKEN = 'correct-horse-battery-staple';

let program: string;
beforeAll(async () => {
  program = await builtProgram();
}, BUILD_TIMEOUT);

async function connect(args: readonly string[], env: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, 'mcp', ...args],
      env: { PATH: process.env.PATH ?? '', LOG_LEVEL: 'error', ...env },
    }),
  );
  return client;
}

const textOf = (result: unknown) => {
  const [part] = (result as CallToolResult).content;
  return part?.type === 'text' ? part.text : '';
};
const CLUSTER = { name: 'run_query', arguments: { query: '{ cluster(cluster: "storefront") { status } }' } };

it('an agent over stdio uses a gateway that runs, with its token', async () => {
  const world = await createWorld({}, { MCP: 'on', ECS_GRAPHQL_TOKEN: TOKEN, MCP_MUTATIONS: 'scaleService' });
  const { url } = await world.app.listen();
  const client = await connect(['--url', `${url}/graphql`], { ECS_GRAPHQL_TOKEN: TOKEN });
  expect((await client.listTools()).tools).toHaveLength(5);
  expect(JSON.parse(textOf(await client.callTool(CLUSTER)))).toMatchObject({ data: { cluster: { status: 'ACTIVE' } } });
  await client.close();
  await expect(connect([`--url=${url}`])).rejects.toThrow(
    new RegExp(`${url}/mcp: .*(401|Unauthorized|UNAUTHENTICATED)`, 'i'),
  );
  await world.dispose();
});

it('an agent over stdio has a gateway of its own', async () => {
  const world = await createWorld();
  const client = await connect(['--read-only'], {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: world.sandbox.url,
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  });
  expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('run_mutation');
  expect(JSON.parse(textOf(await client.callTool(CLUSTER)))).toMatchObject({ data: { cluster: { status: 'ACTIVE' } } });
  await client.close();
  await world.dispose();
});

it.each([
  [['--url', 'gopher://x'], 'is not an http or https URL'],
  [['--url'], 'is not an http or https URL'],
  [['--url', 'http://127.0.0.1:9', 'more'], '"more" is not expected here'],
  [['--mcp-mutation', 'x'], 'did you mean --mcp-mutations?'],
])('wrong usage is explained: %s', async (argv, problem) => {
  let err = '';
  const host = { env: {}, out: () => undefined, onStop: () => () => undefined };
  const code = await runCli(['mcp', ...argv], {
    ...host,
    err: (text) => {
      err += text;
    },
  });
  expect([code, err]).toEqual([2, expect.stringContaining(problem)]);
});
