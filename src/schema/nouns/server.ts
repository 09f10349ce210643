import { createHash } from 'node:crypto';
import { type GraphQLSchema, printSchema } from 'graphql';
import { MOST_FIRST } from '../connections/pagination.ts';
import type { ServerInfo, ServerLimits } from '../core/context.ts';
import { SECRET_KINDS, type SecretKind } from '../core/overrides.ts';
import { ALL_KINDS } from '../core/secrets.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';

const hashes = new WeakMap<GraphQLSchema, string>();

/** Identifies a schema; computed on first use. */
function hashOf(schema: GraphQLSchema): string {
  const known = hashes.get(schema);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(printSchema(schema)).digest('hex').slice(0, 16);
  hashes.set(schema, hash);
  return hash;
}

/** `Query.server`: what a front end needs to know of the gateway that answers it. Costs no call. */
export function addServer({ builder }: EcsGraph): void {
  const limits = builder.objectRef<ServerLimits>('ServerLimits').implement({
    description: 'Limits on operations; 0 means no limit. docs/settings.md explains each.',
    fields: (t) => ({
      maxCost: t.exposeInt('maxCost', {
        nullable: false,
        description: 'Most ECS calls that an operation could cause (`MAX_COST`).',
      }),
      maxObjects: t.exposeInt('maxObjects', {
        nullable: false,
        description: 'Most objects in an answer, by estimate (`MAX_OBJECTS`).',
      }),
      maxEventCost: t.exposeInt('maxEventCost', {
        nullable: false,
        description: 'As `maxCost`, for an event of a subscription (`MAX_EVENT_COST`).',
      }),
      maxEventObjects: t.exposeInt('maxEventObjects', {
        nullable: false,
        description: 'As `maxObjects`, for an event of a subscription (`MAX_EVENT_OBJECTS`).',
      }),
      maxDepth: t.exposeInt('maxDepth', {
        nullable: false,
        description: 'How deep selections may be nested (`MAX_DEPTH`).',
      }),
      maxAliases: t.exposeInt('maxAliases', {
        nullable: false,
        description: 'Most aliases in a document (`MAX_ALIASES`).',
      }),
      maxClusters: t.exposeInt('maxClusters', {
        nullable: false,
        description: 'Most clusters that one field reads whole (`MAX_CLUSTERS`).',
      }),
      maxFirst: t.int({
        nullable: false,
        description: 'The largest `first` of a connection.',
        resolve: () => MOST_FIRST,
      }),
    }),
  });
  const secretKind = builder.enumType('SecretKind', {
    description: 'A kind of values that hold secrets in practice, and are masked for callers who may not read them.',
    values: Object.fromEntries(Object.entries(SECRET_KINDS).map(([kind, description]) => [kind, { description }])) as {
      readonly [Kind in SecretKind]: { readonly description: string };
    },
  });
  const server = builder.objectRef<ServerInfo>('Server').implement({
    description: 'The gateway that answers.',
    fields: (t) => ({
      version: t.exposeString('version', { nullable: false, description: 'The version of ecs-graphql.' }),
      schemaHash: t.string({
        nullable: false,
        description: 'Differs between two schemas: of two releases, or of two contracts.',
        resolve: (_server, _args, _context, { schema }) => hashOf(schema),
      }),
      region: t.string({
        nullable: false,
        description: 'The region that it serves.',
        resolve: (_server, _args, { ecs }) => ecs.scope.region,
      }),
      account: t.string({
        description: 'The AWS account that it serves. Null before the first answer of ECS that contains it.',
        resolve: (_server, _args, { services }) => services.upstream.owner.known?.account ?? null,
      }),
      isAws: t.exposeBoolean('isAws', {
        nullable: false,
        description: "Whether it reads AWS's own ECS. False for the sandbox and for emulators.",
      }),
      secretsShown: t.boolean({
        nullable: false,
        description:
          'Whether the caller sees values of every kind of secret: by `EXPOSE_SECRETS` or, with policies, by the action ReadSecrets. If not, `isMasked` marks hidden values.',
        resolve: (_server, _args, { secrets }) => ALL_KINDS.every((kind) => secrets.shows(kind)),
      }),
      hiddenKinds: t.field({
        type: [secretKind],
        nullable: false,
        description: 'The kinds of values that are masked for the caller. Empty where `secretsShown` is true.',
        resolve: (_server, _args, { secrets }) => ALL_KINDS.filter((kind) => !secrets.shows(kind)),
      }),
      limits: t.expose('limits', { type: limits, nullable: false, description: 'Limits on operations.' }),
    }),
  });
  builder.queryField('server', (t) =>
    t.field({
      type: server,
      nullable: false,
      description: 'The gateway that answers: its version, region and limits. Costs no call.',
      resolve: (_root, _args, { services }) => services.server,
    }),
  );
}
