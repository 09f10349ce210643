import { EcsError } from '../checks/ecs-errors.ts';
import { endpointProblem } from '../delivery/endpoints.ts';
import type { ApiDestination, EventConnection } from '../model/messaging/event-bus.ts';
import type { World } from '../model/world.ts';
import { arnOf } from '../store/arns.ts';
import { toSeconds } from '../util/wire-types.ts';
import { readName } from './events-rules.ts';
import { type Fields, fieldsOf, listOf, optionalText, requiredText } from './input.ts';
import type { NeighbourOperation } from './neighbour.ts';

const INVALID = 'ValidationException';
const METHODS = ['POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'];
/** AWS's default and limit. */
const PER_SECOND = 300;
const HEADER = /^[\w!#$%&'*+.^`|~-]{1,512}$/;

function found<T>(records: ReadonlyMap<string, T>, input: Fields, what: string): T {
  const name = readName(input, 'Name');
  const record = records.get(name);
  if (record === undefined) throw new EcsError('ResourceNotFoundException', `${what} '${name}' does not exist.`);
  return record;
}

function refuseSecond(records: ReadonlyMap<string, unknown>, name: string, what: string): void {
  if (records.has(name)) throw new EcsError('ResourceAlreadyExistsException', `${what} '${name}' already exists.`);
}

/** Header names and values are checked here, because a request with a wrong one could never be sent. */
function checkHeaders(pairs: readonly (readonly [unknown, unknown])[]): void {
  for (const [name, value] of pairs) {
    const isRight =
      HEADER.test(String(name)) && typeof value === 'string' && /^[\t\u0020-\u007E\u00A0-\u00FF]*$/.test(value);
    if (!isRight)
      throw new EcsError(INVALID, `${String(name).slice(0, 100)} is not a header with a value that can be sent.`);
  }
}

function readAuthorization(input: Fields): Pick<EventConnection, 'authorization' | 'parameters'> {
  const type = requiredText(input, 'AuthorizationType', INVALID);
  const parameters = fieldsOf(input.AuthParameters);
  const headers = listOf(fieldsOf(parameters.InvocationHttpParameters).HeaderParameters).map(fieldsOf);
  checkHeaders(headers.map(({ Key, Value }) => [Key, Value]));
  if (type === 'API_KEY') {
    const key = fieldsOf(parameters.ApiKeyAuthParameters);
    checkHeaders([[requiredText(key, 'ApiKeyName', INVALID), requiredText(key, 'ApiKeyValue', INVALID)]]);
    return { authorization: type, parameters };
  }
  if (type === 'BASIC') {
    const basic = fieldsOf(parameters.BasicAuthParameters);
    for (const name of ['Username', 'Password']) requiredText(basic, name, INVALID);
    return { authorization: type, parameters };
  }
  throw new EcsError(INVALID, 'The sandbox has connections with the AuthorizationType API_KEY or BASIC only.');
}

const createConnection: NeighbourOperation = (world, input) => {
  const { connections, random } = world.messaging;
  const name = readName(input, 'Name');
  refuseSecond(connections, name, 'Connection');
  const now = world.clock.now();
  const connection: EventConnection = {
    name,
    arn: arnOf(world, 'events', `connection/${name}/${random.uuid()}`),
    secretArn: arnOf(world, 'secretsmanager', `secret:events!connection/${name}/${random.uuid()}`),
    createdAt: now,
    changedAt: now,
    description: optionalText(input, 'Description'),
    ...readAuthorization(input),
  };
  connections.set(name, connection);
  return connectionState(connection);
};

const updateConnection: NeighbourOperation = (world, input) => {
  const connection = found(world.messaging.connections, input, 'Connection');
  const AuthParameters = { ...connection.parameters, ...fieldsOf(input.AuthParameters) };
  const AuthorizationType = optionalText(input, 'AuthorizationType') ?? connection.authorization;
  Object.assign(connection, readAuthorization({ AuthorizationType, AuthParameters }));
  connection.description = optionalText(input, 'Description') ?? connection.description;
  connection.changedAt = world.clock.now();
  return connectionState(connection);
};

function connectionState({ arn, createdAt, changedAt }: EventConnection): object {
  return {
    ConnectionArn: arn,
    ConnectionState: 'AUTHORIZED',
    CreationTime: toSeconds(createdAt),
    LastModifiedTime: toSeconds(changedAt),
    LastAuthorizedTime: toSeconds(changedAt),
  };
}

/** Parameters without the values that are secret. */
function shown(list: unknown): object[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return list.map(fieldsOf).map(({ Key, Value, IsValueSecret = false }) => {
    return IsValueSecret === true ? { Key, IsValueSecret } : { Key, Value, IsValueSecret };
  });
}

function renderConnection(connection: EventConnection): object {
  const { parameters, name, description, authorization, secretArn } = connection;
  const http = fieldsOf(parameters.InvocationHttpParameters);
  const isApiKey = authorization === 'API_KEY';
  return {
    ...connectionState(connection),
    Name: name,
    Description: description,
    AuthorizationType: authorization,
    SecretArn: secretArn,
    AuthParameters: {
      ...(isApiKey
        ? { ApiKeyAuthParameters: { ApiKeyName: fieldsOf(parameters.ApiKeyAuthParameters).ApiKeyName } }
        : { BasicAuthParameters: { Username: fieldsOf(parameters.BasicAuthParameters).Username } }),
      ...(parameters.InvocationHttpParameters === undefined
        ? {}
        : {
            InvocationHttpParameters: {
              HeaderParameters: shown(http.HeaderParameters),
              QueryStringParameters: shown(http.QueryStringParameters),
              BodyParameters: shown(http.BodyParameters),
            },
          }),
    },
  };
}

/** The members that CreateApiDestination and UpdateApiDestination set; absent members stay as they are. */
function readDestination(
  world: World,
  input: Fields,
  present?: ApiDestination,
): Pick<ApiDestination, 'connectionArn' | 'endpoint' | 'method' | 'perSecond' | 'description'> {
  const read = (name: string, before: string | undefined): string =>
    optionalText(input, name) ?? before ?? requiredText(input, name, INVALID);
  const connectionArn = read('ConnectionArn', present?.connectionArn);
  const endpoint = read('InvocationEndpoint', present?.endpoint);
  const method = read('HttpMethod', present?.method);
  const { connections } = world.messaging;
  if (![...connections.values()].some(({ arn }) => arn === connectionArn)) {
    throw new EcsError('ResourceNotFoundException', `Connection '${connectionArn.slice(0, 200)}' does not exist.`);
  }
  const problem = endpointProblem(endpoint, world.endpoints);
  if (problem !== undefined) throw new EcsError(INVALID, problem);
  if (!METHODS.includes(method)) throw new EcsError(INVALID, `HttpMethod must be one of ${METHODS.join(', ')}`);
  const rate = input.InvocationRateLimitPerSecond ?? present?.perSecond ?? PER_SECOND;
  if (typeof rate !== 'number' || !Number.isInteger(rate) || rate < 1) {
    throw new EcsError(INVALID, 'InvocationRateLimitPerSecond must be 1 or more');
  }
  const description = optionalText(input, 'Description') ?? present?.description;
  return { connectionArn, endpoint, method, perSecond: Math.min(rate, PER_SECOND), description };
}

const createApiDestination: NeighbourOperation = (world, input) => {
  const { destinations, random } = world.messaging;
  const name = readName(input, 'Name');
  refuseSecond(destinations, name, 'ApiDestination');
  const now = world.clock.now();
  const destination: ApiDestination = {
    name,
    arn: arnOf(world, 'events', `api-destination/${name}/${random.uuid()}`),
    createdAt: now,
    changedAt: now,
    freeAt: 0,
    ...readDestination(world, input),
  };
  destinations.set(name, destination);
  return destinationState(destination);
};

const updateApiDestination: NeighbourOperation = (world, input) => {
  const destination = found(world.messaging.destinations, input, 'ApiDestination');
  Object.assign(destination, readDestination(world, input, destination));
  destination.changedAt = world.clock.now();
  return destinationState(destination);
};

function destinationState({ arn, createdAt, changedAt }: ApiDestination): object {
  return {
    ApiDestinationArn: arn,
    ApiDestinationState: 'ACTIVE',
    CreationTime: toSeconds(createdAt),
    LastModifiedTime: toSeconds(changedAt),
  };
}

function renderDestination(destination: ApiDestination): object {
  const { name, description, connectionArn, endpoint, method, perSecond } = destination;
  return {
    ...destinationState(destination),
    Name: name,
    Description: description,
    ConnectionArn: connectionArn,
    InvocationEndpoint: endpoint,
    HttpMethod: method,
    InvocationRateLimitPerSecond: perSecond,
  };
}

/** EventBridge's operations on API destinations and their connections. */
export const DESTINATION_OPERATIONS: Readonly<Record<string, NeighbourOperation>> = {
  CreateConnection: createConnection,
  UpdateConnection: updateConnection,
  DescribeConnection: (world, input) => renderConnection(found(world.messaging.connections, input, 'Connection')),
  ListConnections: (world, input) => {
    const prefix = optionalText(input, 'NamePrefix') ?? '';
    const all = [...world.messaging.connections.values()].filter(({ name }) => name.startsWith(prefix));
    return {
      Connections: all.map((connection) => ({
        ...connectionState(connection),
        Name: connection.name,
        AuthorizationType: connection.authorization,
      })),
    };
  },
  DeleteConnection: (world, input) => {
    const { connections } = world.messaging;
    const connection = found(connections, input, 'Connection');
    connections.delete(connection.name);
    return { ...connectionState(connection), ConnectionState: 'DELETING' };
  },
  CreateApiDestination: createApiDestination,
  UpdateApiDestination: updateApiDestination,
  DescribeApiDestination: (world, input) =>
    renderDestination(found(world.messaging.destinations, input, 'ApiDestination')),
  ListApiDestinations: (world, input) => {
    const prefix = optionalText(input, 'NamePrefix') ?? '';
    const all = [...world.messaging.destinations.values()].filter(({ name }) => name.startsWith(prefix));
    return { ApiDestinations: all.map(renderDestination) };
  },
  DeleteApiDestination: (world, input) => {
    const { destinations } = world.messaging;
    destinations.delete(found(destinations, input, 'ApiDestination').name);
    return {};
  },
};
