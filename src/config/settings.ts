import {
  atLeast,
  choice,
  duration,
  factor,
  fraction,
  integer,
  list,
  positive,
  size,
  toggle,
  type ValueType,
  word,
  zeroOr,
} from './types.ts';
import { endpointUrl, isLoopback, pathPrefix, webOrigin } from './urls.ts';

export type Command = 'sandbox' | 'serve' | 'ecs';

/** What a default may depend on. */
export interface DefaultInput {
  readonly command: Command;
  readonly host: string;
}

/** One setting: a line in the help and in the documentation, a flag, an environment variable and a field of Config. */
export interface Setting<T> {
  readonly env: string;
  /** Another variable, read where that is not set. */
  readonly otherEnv?: string;
  readonly type: ValueType<T>;
  readonly commands: readonly Command[];
  /** A shorter flag of one command, where the flag of the same name belongs to a setting of other commands. */
  readonly alias?: { readonly command: Command; readonly flag: string };
  readonly group: Group;
  readonly description: string;
  readonly initial: (input: DefaultInput) => T;
  /** How the default reads in the documentation, where it is not one value. */
  readonly defaultText?: string;
}

export const GROUPS = ['Listening', 'AWS', 'Sandbox', 'Access', 'Upstream', 'Limits', 'Live', 'Operations'] as const;
export type Group = (typeof GROUPS)[number];

const ALL: readonly Command[] = ['sandbox', 'serve', 'ecs'];
const GATEWAY: readonly Command[] = ['sandbox', 'serve'];
const SIMULATED: readonly Command[] = ['sandbox', 'ecs'];

type Row<T> = [env: string, type: ValueType<T>, initial: T, description: string];

function rows(group: Group, commands: readonly Command[]) {
  return <T>(...[env, type, initial, description]: Row<T>): Setting<T> => ({
    env,
    type,
    commands,
    group,
    description,
    initial: () => initial,
  });
}

const listening = rows('Listening', ALL);
const aws = rows('AWS', ['serve']);
const simulated = rows('Sandbox', SIMULATED);
const access = rows('Access', GATEWAY);
const upstream = rows('Upstream', GATEWAY);
const limit = rows('Limits', GATEWAY);
const live = rows('Live', GATEWAY);
const operations = rows('Operations', GATEWAY);

/** `initial` for a setting that is absent until given. */
const unset: string | undefined = undefined;
const optional = <T>(type: ValueType<T>): ValueType<T | undefined> => ({
  ...type,
  print: (value) => (value === undefined ? '' : type.print(value)),
});

/** Every setting there is. The key is the field of Config and, in kebab-case, the flag. */
export const SETTINGS = {
  host: listening(
    'HOST',
    word('address'),
    '127.0.0.1',
    'Address to listen on. A gateway on any other than loopback needs a token; a simulated ECS takes calls from everybody.',
  ),
  port: {
    ...listening('PORT', integer(0, 65_535), 4000, 'Port of the gateway; 0 takes a free one.'),
    commands: GATEWAY,
  },
  ecsPort: {
    ...simulated(
      'ECS_PORT',
      integer(0, 65_535),
      4510,
      'Port of the sandbox ECS; 0 takes a free one. `ecs` takes it as `--port` too.',
    ),
    alias: { command: 'ecs' as const, flag: 'port' },
  },
  basePath: {
    ...listening(
      'BASE_PATH',
      pathPrefix,
      '',
      'Path under which a proxy shows the gateway, such as `/ecs`: `/ecs/graphql` is then answered as `/graphql` is.',
    ),
    commands: GATEWAY,
  },

  awsRegion: {
    ...aws(
      'AWS_REGION',
      optional(word('region', /^[a-z]{2,}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1')),
      unset,
      'Region whose ECS is served. `AWS_DEFAULT_REGION` is read where it is not set.',
    ),
    otherEnv: 'AWS_DEFAULT_REGION',
    defaultText: "the AWS profile's",
  },
  awsEndpointUrl: aws('AWS_ENDPOINT_URL', optional(endpointUrl), unset, 'Endpoint of AWS, for an emulator or a proxy.'),
  awsEndpointUrlEcs: aws(
    'AWS_ENDPOINT_URL_ECS',
    optional(endpointUrl),
    unset,
    'Endpoint of ECS alone; comes before `AWS_ENDPOINT_URL`.',
  ),
  allowInsecureEndpoint: aws(
    'ALLOW_INSECURE_ENDPOINT',
    toggle,
    false,
    'Take an http endpoint of another host, such as an emulator in a container beside this one. Calls and answers go unencrypted.',
  ),

  speed: simulated(
    'ECS_SPEED',
    factor,
    10,
    'How many times faster than real time the sandbox lives; 0 stands still until it is told to go on.',
  ),
  seed: simulated('ECS_SEED', choice('empty', 'demo', 'fleet'), 'demo', 'The world that the sandbox starts with.'),

  token: access(
    'ECS_GRAPHQL_TOKEN',
    optional(word('token', /^[\x21-\x7e]{16,512}$/, 'must be 16 to 512 printable ASCII characters without blanks')),
    unset,
    'Bearer token that callers must send, on HTTP and in `connection_init`. Prefer the environment to the flag.',
  ),
  allowedOrigins: access(
    'ALLOWED_ORIGINS',
    list(webOrigin),
    [],
    'Web origins whose pages may call (CORS and WebSocket); pages of this server always may.',
  ),
  allowAnonymous: {
    ...access(
      'ALLOW_ANONYMOUS',
      toggle,
      false,
      'Let everybody into the sandbox without a token on any address, for containers. Browsers only by the names localhost and 127.0.0.1, or those of `ALLOWED_ORIGINS`.',
    ),
    commands: ['sandbox'] as readonly Command[],
  },
  graphiql: {
    ...access(
      'GRAPHIQL',
      toggle,
      true,
      'Serve GraphiQL to browsers at /graphql. The page asks for the token if there is one.',
    ),
    initial: ({ command, host }: DefaultInput) => command === 'sandbox' || isLoopback(host),
    defaultText: 'on in the sandbox and on loopback',
  },
  introspection: access('INTROSPECTION', toggle, true, 'Answer introspection, and name near misses in errors.'),
  exposeSecrets: {
    ...access('EXPOSE_SECRETS', toggle, false, 'Show the values of container environments and other likely secrets.'),
    initial: ({ command }: DefaultInput) => command === 'sandbox',
    defaultText: 'on in the sandbox, else off',
  },

  queryDeadline: upstream(
    'QUERY_DEADLINE',
    positive(duration),
    15_000,
    'Time for a query, or for one event of a subscription.',
  ),
  mutationDeadline: upstream('MUTATION_DEADLINE', positive(duration), 25_000, 'Time for a mutation.'),
  attemptTimeout: upstream('ATTEMPT_TIMEOUT', positive(duration), 5_000, 'Time for one attempt of one ECS call.'),
  maxUpstreamAnswer: upstream(
    'MAX_UPSTREAM_ANSWER',
    atLeast(1_000, size),
    16_000_000,
    'Largest answer of ECS that is read; ECS itself sends less than 1 MB.',
  ),
  memoryTtl: upstream('MEMORY_TTL', duration, 1_000, 'How long an answer of ECS may serve other requests; 0 is never.'),
  rateShare: upstream(
    'RATE_SHARE',
    fraction,
    0.97,
    "Part of ECS's documented rate limits to use. The console, CI and others share them; 0 sends calls as they come.",
  ),

  idempotencyTtl: upstream(
    'IDEMPOTENCY_TTL',
    positive(duration),
    600_000,
    'How long the result of a mutation with an `idempotencyKey` is kept.',
  ),
  idempotencyKeys: upstream(
    'IDEMPOTENCY_KEYS',
    integer(1, 1_000_000),
    20_000,
    'Most idempotency keys kept; a mutation with one more is refused.',
  ),
  idempotencyBytes: upstream(
    'IDEMPOTENCY_BYTES',
    atLeast(1_000_000, size),
    64_000_000,
    'Memory for the results of mutations with an `idempotencyKey`, in all; at least 1MB.',
  ),

  headersTimeout: limit('HEADERS_TIMEOUT', positive(duration), 10_000, "Time to send a request's headers."),
  requestTimeout: limit('REQUEST_TIMEOUT', positive(duration), 30_000, 'Time to send a request.'),
  stallTimeout: limit(
    'STALL_TIMEOUT',
    duration,
    30_000,
    'How long a peer may take nothing of what is sent to it (answers, SSE, WebSocket) before its connection ends; 0 is for ever.',
  ),
  maxConnections: limit('MAX_CONNECTIONS', integer(1, 1_000_000), 5_000, 'Most connections at a time.'),
  maxAddressConnections: limit(
    'MAX_ADDRESS_CONNECTIONS',
    integer(1, 1_000_000),
    2_500,
    'Most connections of one address at a time; behind a proxy, all of them have one.',
  ),
  maxBody: limit('MAX_BODY', size, 256_000, 'Largest request body.'),
  maxDocument: limit('MAX_DOCUMENT', size, 64_000, 'Longest document, in characters.'),
  maxBatch: limit(
    'MAX_BATCH',
    integer(0, 1_000),
    10,
    'Most operations in one request, as an array; 0 takes no arrays.',
  ),
  apqCache: limit(
    'APQ_CACHE',
    zeroOr(size),
    8_000_000,
    'Memory for documents that clients send once and then name by hash (automatic persisted queries); 0 takes no hashes.',
  ),
  maxTokens: limit('MAX_TOKENS', integer(1, 100_000), 2_000, 'Most tokens in a document.'),
  maxDepth: limit('MAX_DEPTH', integer(0, 100), 15, 'Deepest nesting of selections; 0 is no limit, here and below.'),
  maxFields: limit('MAX_FIELDS', integer(0, 1_000_000), 5_000, 'Most fields, with fragments expanded.'),
  maxAliases: limit('MAX_ALIASES', integer(0, 10_000), 30, 'Most aliases.'),
  maxRootFields: limit('MAX_ROOT_FIELDS', integer(0, 1_000), 10, 'Most fields at the root of an operation.'),
  maxDirectives: limit('MAX_DIRECTIVES', integer(0, 10_000), 20, 'Most directives, of them 3 in one place.'),
  maxDuplicates: limit(
    'MAX_DUPLICATES',
    integer(0, 1_000),
    5,
    'Most repetitions of one field or fragment in a selection.',
  ),
  maxFragments: limit('MAX_FRAGMENTS', integer(0, 1_000), 50, 'Most fragments.'),
  maxVariables: limit('MAX_VARIABLES', integer(0, 100_000), 2_000, 'Most keys and items in the variables.'),
  maxCost: limit(
    'MAX_COST',
    integer(0, 10_000_000),
    1_000,
    'Most ECS calls that an operation could cause, by estimate.',
  ),
  maxObjects: limit(
    'MAX_OBJECTS',
    integer(0, 10_000_000),
    20_000,
    'Most objects that an answer could have, by estimate; while it is executed, three times as many.',
  ),
  maxEventCost: limit('MAX_EVENT_COST', integer(0, 10_000_000), 100, 'As `MAX_COST`, for one event of a subscription.'),
  maxEventObjects: limit(
    'MAX_EVENT_OBJECTS',
    integer(0, 10_000_000),
    2_000,
    "As `MAX_OBJECTS`, for one event of a subscription. One caller's events have five times as many a second; beyond that they come later.",
  ),
  maxResponse: limit('MAX_RESPONSE', zeroOr(size), 16_000_000, 'Longest answer, in characters.'),
  maxOperations: limit(
    'MAX_OPERATIONS',
    integer(1, 100_000),
    200,
    'Most queries and mutations that run at once. Eight times as many wait, callers in turns, for at most a third of `QUERY_DEADLINE`.',
  ),
  maxCallerOperations: limit(
    'MAX_CALLER_OPERATIONS',
    integer(1, 100_000),
    100,
    'Most queries and mutations of one caller (a token at an address) that run at once; eight times as many wait.',
  ),
  maxLargeOperations: limit(
    'MAX_LARGE_OPERATIONS',
    integer(1, 1_000),
    4,
    'Most large operations that run at once, at most half of them of one caller. Large is one of more than a twentieth of `MAX_OBJECTS`; they wait apart.',
  ),
  maxClusters: limit(
    'MAX_CLUSTERS',
    integer(0, 10_000),
    100,
    'Most clusters that one field reads whole, as a search for users of an image or a feed does.',
  ),

  liveMinInterval: live(
    'LIVE_MIN_INTERVAL',
    duration,
    1_000,
    'Between two looks at what changes; at least 100ms. Less costs more of the rate limits.',
  ),
  liveMaxInterval: live(
    'LIVE_MAX_INTERVAL',
    duration,
    16_000,
    'Between two looks at what is quiet: so long may it take until a feed tells of something that begins.',
  ),
  liveReplay: live(
    'LIVE_REPLAY',
    integer(0, 100_000),
    1_000,
    'Events of each thing followed that are kept for subscribers who come back.',
  ),
  liveMaxTopics: live(
    'LIVE_MAX_TOPICS',
    integer(1, 100_000),
    10_000,
    'Most things followed at a time, however many subscribe.',
  ),
  wsMaxSockets: live('WS_MAX_SOCKETS', integer(1, 100_000), 1_000, 'Most WebSockets at a time.'),
  wsMaxCallerSockets: live(
    'WS_MAX_CALLER_SOCKETS',
    integer(1, 100_000),
    500,
    'Most WebSockets of one caller (a token at an address) at a time.',
  ),
  wsMaxPending: live(
    'WS_MAX_PENDING',
    integer(1, 100_000),
    100,
    'Most WebSockets without `connection_init` yet, beside the others. One more ends the oldest of the address that has most.',
  ),
  wsMaxSubscriptions: live(
    'WS_MAX_SUBSCRIPTIONS',
    integer(1, 10_000),
    50,
    'Most operations at a time on one WebSocket.',
  ),
  wsMaxMessage: live(
    'WS_MAX_MESSAGE',
    size,
    64_000,
    'Largest WebSocket message (4kB before the connection is accepted).',
  ),
  wsMessageRate: live(
    'WS_MESSAGE_RATE',
    integer(1, 10_000),
    20,
    'Messages a second on one WebSocket; bursts of five times that.',
  ),
  wsInitTimeout: live('WS_INIT_TIMEOUT', duration, 3_000, 'Time to send `connection_init`.'),
  wsHeartbeat: live('WS_HEARTBEAT', duration, 12_000, 'Between pings; a WebSocket that does not answer is closed.'),
  sseMaxStreams: live('SSE_MAX_STREAMS', integer(1, 100_000), 200, 'Most SSE streams at a time.'),
  sseMaxCallerStreams: live(
    'SSE_MAX_CALLER_STREAMS',
    integer(1, 100_000),
    100,
    'Most SSE streams of one caller (a token at an address) at a time.',
  ),

  shutdownDelay: operations(
    'SHUTDOWN_DELAY',
    duration,
    0,
    'How long to serve on after SIGTERM while /readyz says 503.',
  ),
  shutdownGrace: operations(
    'SHUTDOWN_GRACE',
    duration,
    25_000,
    'How long running queries and mutations may take to end.',
  ),
  compression: operations(
    'COMPRESSION',
    toggle,
    true,
    'Compress answers (br, gzip) for callers who accept that; streams never are.',
  ),
  metrics: operations(
    'METRICS',
    toggle,
    true,
    'Serve metrics for Prometheus at /metrics, to whoever may use the graph.',
  ),
  logLevel: {
    ...operations(
      'LOG_LEVEL',
      choice('trace', 'debug', 'info', 'warn', 'error', 'silent'),
      'info',
      'Least level to log.',
    ),
    commands: ALL,
  },
  logFormat: {
    ...operations('LOG_FORMAT', choice('json', 'text'), 'json', 'Log lines for machines or for people, on stderr.'),
    commands: ALL,
    initial: ({ command }: DefaultInput) => (command === 'serve' ? 'json' : 'text') as 'json' | 'text',
    defaultText: 'json for serve, else text',
  },
};

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** The flags by which a command takes a setting, without their dashes: its own, and its alias. */
export function flagsOf(name: SettingName, command: Command): readonly string[] {
  const { alias } = SETTINGS[name] as Setting<unknown>;
  return alias?.command === command ? [flagOf(name), alias.flag] : [flagOf(name)];
}

/** The flag of a setting, without its dashes. */
export function flagOf(name: SettingName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
