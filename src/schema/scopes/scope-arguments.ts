import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLString,
  getNamedType,
  isNonNullType,
} from 'graphql';

/** How a root field is served where the gateway has several accounts and regions. */
export type Reach =
  /** Over all of them, or some: arguments `accounts` and `regions`. */
  | 'several'
  /** In one of them: arguments `account` and `region`, unless another argument holds an ARN or id. */
  | 'one'
  /** In one of them, which its ARN or id determines. */
  | 'arn'
  /** Each id by itself. */
  | 'ids'
  /** The field is about the gateway. */
  | 'gateway';

/** Query and subscription fields that the rule below does not fit. */
const EXCEPTIONS: Readonly<Record<string, Reach>> = {
  clusterEvents: 'several',
  daemon: 'arn',
  daemonDeployment: 'arn',
  daemonDeploymentProgress: 'arn',
  daemonDeployments: 'arn',
  daemonRevision: 'arn',
  deploymentStatistics: 'several',
  deployments: 'several',
  drains: 'several',
  expressGatewayService: 'arn',
  gatewayRoute: 'arn',
  imageUsage: 'several',
  node: 'arn',
  nodes: 'ids',
  overview: 'several',
  scopes: 'gateway',
  secretUsage: 'several',
  server: 'gateway',
  serviceDeployment: 'arn',
  serviceRevision: 'arn',
  stopReasons: 'several',
  tags: 'arn',
  viewer: 'gateway',
};

/** How a root field is served: lists without a required parent reach over several scopes. */
export function reachOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  field: Pick<GraphQLField<unknown, unknown>, 'name' | 'args' | 'type'>,
): Reach {
  if (type === schema.getMutationType()) return 'one';
  if (field.name.startsWith('_')) return 'gateway';
  const exception = EXCEPTIONS[field.name];
  if (exception !== undefined) return exception;
  const hasParent = field.args.some(({ type }) => isNonNullType(type) && getNamedType(type).name === 'ID');
  const isConnection = getNamedType(field.type).name.endsWith('Connection');
  return isConnection && !hasParent ? 'several' : 'one';
}

/** The names of the arguments that choose scopes. */
export const SCOPE_ARGUMENTS: ReadonlySet<string> = new Set(['account', 'accounts', 'region', 'regions']);

const TEXTS = new GraphQLList(new GraphQLNonNull(GraphQLString));
const SEVERAL = [
  argument(
    'accounts',
    TEXTS,
    'Only these accounts of the gateway, each by alias or account id. Null means all that you may see.',
  ),
  argument('regions', TEXTS, 'Only these regions of the gateway. Null means all that you may see.'),
];
const ONE = [
  argument(
    'account',
    GraphQLString,
    'The account, by alias or account id. Null means that of the ARN or id in another argument, or else the default account.',
  ),
  argument(
    'region',
    GraphQLString,
    'The region. Null means that of the ARN or id in another argument, or else the default region of the account.',
  ),
];

/** Adds the arguments that choose accounts and regions to the root fields of a schema. */
export function addScopeArguments(schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const reach = reachOf(schema, type as GraphQLObjectType, field);
      const added = reach === 'several' ? SEVERAL : reach === 'one' ? ONE : [];
      const args = [...field.args, ...added].sort((one, other) => (one.name < other.name ? -1 : 1));
      (field as { args: readonly GraphQLArgument[] }).args = args;
    }
  }
}

function argument(name: string, type: GraphQLInputType, description: string): GraphQLArgument {
  return {
    name,
    type,
    description,
    defaultValue: undefined,
    deprecationReason: undefined,
    extensions: {},
    astNode: undefined,
  };
}
