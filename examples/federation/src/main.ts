import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveSupergraph } from './gateway.ts';
import { composeSupergraph, readSubgraph } from './supergraph.ts';
import { serveTeams } from './teams.ts';

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

const ecs = process.env.ECS_GRAPHQL_URL ?? 'http://127.0.0.1:4000/graphql';
const arnOf = (service: string) => `arn:aws:ecs:us-east-1:123456789012:service/storefront/${service}`;
const teams = await listen(
  serveTeams([
    { id: 'team-1', name: 'shop', serviceArns: [arnOf('cart'), arnOf('checkout')] },
    { id: 'team-2', name: 'search', serviceArns: [arnOf('search-api')] },
  ]),
  0,
);
const supergraph = composeSupergraph([
  await readSubgraph('ecs', ecs, process.env.ECS_GRAPHQL_TOKEN),
  await readSubgraph('teams', teams),
]);
const url = await listen(serveSupergraph(supergraph), Number(process.env.PORT ?? 4001));
process.stdout.write(`The supergraph answers at ${url}\n`);
