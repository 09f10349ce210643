import { createServer, type Server } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';

/** A subgraph of one's own: who owns which service of ECS. It knows services by their ARN and nothing else of them. */
export const TEAMS_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

  interface Node { id: ID! }

  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }

  type Tag @shareable { key: String! value: String! }

  type Team implements Node @key(fields: "id") {
    id: ID!
    name: String!
    tags: [Tag!]!
    services: [Service!]!
  }

  type TeamConnection { nodes: [Team!]! pageInfo: PageInfo! }

  type Service @key(fields: "serviceArn") {
    serviceArn: String!
    team: Team
  }

  type Query {
    node(id: ID!): Node
    teams: TeamConnection!
  }
`;

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly serviceArns: readonly string[];
}

/** The schema of the subgraph over some teams. */
function schemaOf(teams: readonly Team[]) {
  const toTeam = (team: Team) => ({
    ...team,
    __typename: 'Team',
    tags: [{ key: 'team', value: team.name }],
    services: team.serviceArns.map((serviceArn) => ({ serviceArn })),
  });
  return buildSubgraphSchema([
    {
      typeDefs: parse(TEAMS_SDL),
      resolvers: {
        Node: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
        Team: { __resolveReference: ({ id }: { id: string }) => teams.map(toTeam).find((team) => team.id === id) },
        Service: {
          __resolveReference: (reference: object) => reference,
          team: ({ serviceArn }: { serviceArn: string }) =>
            teams.map(toTeam).find(({ serviceArns }) => serviceArns.includes(serviceArn)),
        },
        Query: {
          node: (_root: unknown, { id }: { id: string }) => teams.map(toTeam).find((team) => team.id === id),
          teams: () => ({
            nodes: teams.map(toTeam),
            pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
          }),
        },
      },
    },
  ] as never);
}

/** Serves the subgraph on this machine. */
export function serveTeams(teams: readonly Team[]): Server {
  const yoga = createYoga({ schema: schemaOf(teams), logging: false, landingPage: false });
  return createServer(yoga);
}
