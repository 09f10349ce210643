import type { ApiDestination, EventConnection, EventTarget } from '../model/messaging/event-bus.ts';

/** The request that brings an event to an API destination. */
export interface ApiRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Headers of every request; neither a connection nor a target can change them. */
const FIXED = {
  'user-agent': 'Amazon/EventBridge/ApiDestinations',
  range: 'bytes=0-1048575',
  'accept-encoding': 'gzip,deflate',
};
const CONTENT_TYPE = 'application/json; charset=utf-8';

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Parameters of a connection: a list of keys and values. */
function pairsOf(list: unknown): [name: string, value: string][] {
  return listOf(list)
    .map(objectOf)
    .map(({ Key, Value }) => [String(Key), String(Value)]);
}

function textEntries(map: unknown): [name: string, value: string][] {
  return Object.entries(objectOf(map)).map(([name, value]) => [name, String(value)]);
}

/** The header with which a connection identifies itself. */
function credentialsOf({ authorization, parameters }: EventConnection): [name: string, value: string] {
  if (authorization === 'API_KEY') {
    const { ApiKeyName, ApiKeyValue } = objectOf(parameters.ApiKeyAuthParameters);
    return [String(ApiKeyName), String(ApiKeyValue)];
  }
  const { Username, Password } = objectOf(parameters.BasicAuthParameters);
  const token = Buffer.from(`${String(Username)}:${String(Password)}`).toString('base64');
  return ['authorization', `Basic ${token}`];
}

/** The endpoint with the path values of the target in place of its `*`, and all query parameters. */
function urlOf(endpoint: string, ofTarget: Json, ofConnection: Json): URL {
  const values = listOf(ofTarget.PathParameterValues).map((value) => encodeURIComponent(String(value)));
  const url = new URL(endpoint.replace(/\*/g, () => values.shift() ?? '*'));
  for (const [name, value] of textEntries(ofTarget.QueryStringParameters)) url.searchParams.set(name, value);
  for (const [name, value] of pairsOf(ofConnection.QueryStringParameters)) url.searchParams.set(name, value);
  return url;
}

/** A body that is a JSON object takes up the parameters of the connection. */
function bodyWith(body: string, added: readonly (readonly [string, string])[]): string {
  if (added.length === 0 || !body.startsWith('{')) return body;
  return JSON.stringify({ ...(JSON.parse(body) as object), ...Object.fromEntries(added) });
}

/** Where a target and a connection set the same parameter, the connection wins. */
export function apiRequest(
  { endpoint, method }: ApiDestination,
  connection: EventConnection,
  target: EventTarget,
  payload: string,
): ApiRequest {
  const ofTarget = objectOf(target.settings.HttpParameters);
  const ofConnection = objectOf(connection.parameters.InvocationHttpParameters);
  const headers = [
    ['content-type', CONTENT_TYPE] as const,
    ...textEntries(ofTarget.HeaderParameters),
    ...pairsOf(ofConnection.HeaderParameters),
    credentialsOf(connection),
    ...Object.entries(FIXED),
  ];
  return {
    url: urlOf(endpoint, ofTarget, ofConnection),
    method,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: bodyWith(payload, pairsOf(ofConnection.BodyParameters)),
  };
}
