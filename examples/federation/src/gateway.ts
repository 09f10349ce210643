import { createServer, type Server } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';

/** Hive Gateway over a supergraph. It passes the caller's token on to the subgraph `ecs`. */
export function serveSupergraph(supergraph: string): Server {
  const gateway = createGatewayRuntime({
    supergraph,
    logging: false,
    landingPage: false,
    // The errors of ECS have codes that callers need.
    maskedErrors: false,
    propagateHeaders: {
      fromClientToSubgraphs({ request, subgraphName }) {
        const authorization = request.headers.get('authorization');
        return subgraphName === 'ecs' && authorization !== null ? { authorization } : {};
      },
    },
  });
  return createServer(gateway);
}
