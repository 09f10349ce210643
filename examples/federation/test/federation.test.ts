import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { serveSupergraph } from '../src/gateway.ts';
import { composeSupergraph, readSubgraph, type Subgraph } from '../src/supergraph.ts';
import { serveTeams, TEAMS_SDL } from '../src/teams.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const TOKEN = 'a-token-for-the-federation-test';

interface Answer {
  readonly data: Record<string, never> & Record<string, { [name: string]: never }>;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const closing: (() => unknown)[] = [];
let ecs = '';
let gateway = '';
let subgraphs: Subgraph[] = [];

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

async function ask(url: string, query: string, variables: object = {}, token = TOKEN): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

/** Starts the gateway over its sandbox, as a subgraph. */
async function startEcs(): Promise<string> {
  const child = spawn(
    process.execPath,
    [PROGRAM, 'sandbox', '--port', '0', '--ecs-port', '0', '--speed', '0', '--no-dashboard', '--federation'],
    {
      env: { PATH: process.env.PATH, ECS_GRAPHQL_TOKEN: TOKEN, INTROSPECTION: 'off' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  closing.push(() => child.kill());
  return new Promise((resolve, reject) => {
    let text = '';
    // Read to its end: the program ends when nothing reads what it prints.
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      const [, url] = /GraphQL +(http\S+)\s/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error(`the gateway did not start: ${text}`)));
  });
}

before(async () => {
  ecs = await startEcs();
  const { data } = await ask(ecs, '{ service(cluster: "storefront", service: "cart") { serviceArn } }');
  const { serviceArn } = data.service as unknown as { serviceArn: string };
  const teams = await listen(serveTeams([{ id: 'team-1', name: 'shop', serviceArns: [serviceArn] }]));
  subgraphs = [await readSubgraph('ecs', ecs, TOKEN), await readSubgraph('teams', teams)];
  gateway = await listen(serveSupergraph(composeSupergraph(subgraphs)));
});

after(async () => {
  for (const close of closing.reverse()) await close();
});

test('a service of ECS has the team of another subgraph', async () => {
  const answer = await ask(
    gateway,
    '{ service(cluster: "storefront", service: "cart") { serviceName desiredCount tags { key value } team { name tags { key value } } } }',
  );
  assert.equal(answer.errors, undefined);
  const { serviceName, desiredCount, team } = answer.data.service as never as Record<string, unknown>;
  assert.deepEqual(
    [serviceName, desiredCount, team],
    ['cart', 3, { name: 'shop', tags: [{ key: 'team', value: 'shop' }] }],
  );
});

test('a team of another subgraph has its services of ECS, which are looked up by ARN', async () => {
  const answer = await ask(
    gateway,
    '{ teams { nodes { name services { serviceName desiredCount cluster { clusterName } } } pageInfo { hasNextPage } } }',
  );
  assert.equal(answer.errors, undefined);
  assert.deepEqual(answer.data.teams, {
    nodes: [
      { name: 'shop', services: [{ serviceName: 'cart', desiredCount: 3, cluster: { clusterName: 'storefront' } }] },
    ],
    pageInfo: { hasNextPage: false },
  });
});

test('node finds the nodes of the subgraph that has it', async () => {
  const answer = await ask(gateway, '{ node(id: "team-1") { id ... on Team { name } } }');
  assert.deepEqual(answer, { data: { node: { id: 'team-1', name: 'shop' } } });
});

test('a mutation runs through the supergraph', async () => {
  const answer = await ask(
    gateway,
    'mutation { updateService(input: { cluster: "storefront", service: "cart", desiredCount: 4 }) { service { desiredCount team { name } } } }',
  );
  assert.equal(answer.errors, undefined);
  assert.deepEqual(answer.data.updateService, { service: { desiredCount: 4, team: { name: 'shop' } } });
});

test('the token of the caller reaches ECS, and a wrong one is refused', async () => {
  const answer = await ask(
    gateway,
    '{ teams { nodes { services { desiredCount } } } }',
    {},
    'a-wrong-token-of-somebody',
  );
  assert.match(JSON.stringify(answer.errors), /UNAUTHENTICATED/);
});

test('subgraphs that do not fit together are refused with the reasons', () => {
  const other = `${TEAMS_SDL.replace('type Tag @shareable', 'type Tag')}`;
  const one = { name: 'one', url: 'http://localhost/one', sdl: TEAMS_SDL };
  assert.throws(() => composeSupergraph([one, { name: 'two', url: 'http://localhost/two', sdl: other }]), /shareable/);
});

test("Apollo's own composition takes the subgraphs too", () => {
  const { errors, supergraphSdl } = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  assert.equal(errors, undefined);
  assert.match(supergraphSdl ?? '', /^input SharingStrategyInput$/m);
});
