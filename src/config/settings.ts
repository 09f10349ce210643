import { AUTH_SETTINGS } from './auth-settings.ts';
import { EVENT_SETTINGS } from './event-settings.ts';
import { LIMIT_SETTINGS } from './limit-settings.ts';
import { REPLICA_SETTINGS } from './replica-settings.ts';
import { SANDBOX_SETTINGS } from './sandbox-settings.ts';
import { ALL, type Command, type DefaultInput, GATEWAY, rows, type Setting, SIMULATED } from './setting.ts';
import { TELEMETRY_SETTINGS } from './telemetry-settings.ts';
import { atLeast, choice, duration, fraction, integer, list, optional, positive, size, toggle, word } from './types.ts';
import { endpointUrl, isLoopback, pathPrefix, webOrigin } from './urls.ts';

const listening = rows('Listening', ALL);
const aws = rows('AWS', ['serve']);
const simulated = rows('Sandbox', SIMULATED);
const access = rows('Access', GATEWAY);
const upstream = rows('Upstream', GATEWAY);
const live = rows('Live', GATEWAY);
const operations = rows('Operations', GATEWAY);
const history = rows('History', GATEWAY);

/** `initial` of a setting without a default. */
const unset: string | undefined = undefined;

/** All settings. The key is the field of Config and, in kebab-case, the flag. */
export const SETTINGS = {
  host: listening(
    'HOST',
    word('address'),
    '127.0.0.1',
    'Address to listen on. A gateway on any other than loopback needs authentication; a simulated ECS accepts calls from all callers.',
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
      'Path under which a proxy serves the gateway, such as `/ecs`; `/ecs/graphql` then works like `/graphql`.',
    ),
    commands: GATEWAY,
  },

  awsRegion: {
    ...aws(
      'AWS_REGION',
      optional(word('region', /^[a-z]{2,}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1')),
      unset,
      'AWS Region to serve. `AWS_DEFAULT_REGION` is the fallback.',
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
  awsEndpointUrlSts: aws(
    'AWS_ENDPOINT_URL_STS',
    optional(endpointUrl),
    unset,
    'Endpoint of STS, for `SCOPES`. It takes precedence over `AWS_ENDPOINT_URL`.',
  ),
  allowInsecureEndpoint: aws(
    'ALLOW_INSECURE_ENDPOINT',
    toggle,
    false,
    'Accept an http endpoint on another host, such as an emulator in a neighbouring container. Calls and answers are not encrypted.',
  ),
  scopes: {
    ...aws(
      'SCOPES',
      optional(word('file')),
      unset,
      'File of the accounts and regions to serve, in place of `AWS_REGION`: see docs/accounts.md. Read at the start.',
    ),
    commands: GATEWAY,
  },

  ...SANDBOX_SETTINGS,

  token: access(
    'ECS_GRAPHQL_TOKEN',
    optional(word('token', /^[\x21-\x7e]{16,512}$/, 'must be 16 to 512 printable ASCII characters without blanks')),
    unset,
    'Bearer token that callers must send, on HTTP and in `connection_init`. Its bearer has the role `admin`. Prefer the environment to the flag.',
  ),
  ...AUTH_SETTINGS,
  allowedOrigins: access(
    'ALLOWED_ORIGINS',
    list(webOrigin),
    [],
    'Web origins whose pages may call this server (CORS and WebSocket). Its own pages always may.',
  ),
  allowAnonymous: {
    ...access(
      'ALLOW_ANONYMOUS',
      toggle,
      false,
      'Serve the sandbox without a token on any address, for containers. Browsers must use localhost, 127.0.0.1 or a host of `ALLOWED_ORIGINS`.',
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
  dashboard: {
    ...access(
      'DASHBOARD',
      toggle,
      false,
      'Serve the dashboard of examples/dashboard to browsers at /. The page asks for the token if there is one.',
    ),
    initial: ({ command }: DefaultInput) => command === 'sandbox',
    defaultText: 'on in the sandbox',
  },
  mcp: access(
    'MCP',
    toggle,
    false,
    'Serve agents by the Model Context Protocol at /mcp, with the authentication, policies and limits of the graph.',
  ),
  mcpMutations: access(
    'MCP_MUTATIONS',
    list(word('mutation')),
    [],
    'Mutations that agents may run by MCP, after a dry run; each must have `dryRun`. Empty: none.',
  ),
  schema: access(
    'SCHEMA',
    choice('core', 'full'),
    'full',
    'The contract that is served. `core` lacks operations of the container agent, daemons, ECS gateways and other parts that front ends seldom need: see docs/versioning.md.',
  ),
  introspection: access('INTROSPECTION', toggle, true, 'Answer introspection, and suggest similar names in errors.'),
  exposeSecrets: {
    ...access(
      'EXPOSE_SECRETS',
      toggle,
      false,
      'Show the values of everything that may hold secrets: environments, commands, labels, log options and the like. With policies the action ReadSecrets decides instead.',
    ),
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
  memoryTtl: upstream(
    'MEMORY_TTL',
    duration,
    1_000,
    'How long an answer of ECS is shared with other requests; 0 shares nothing.',
  ),
  batchWindow: upstream(
    'BATCH_WINDOW',
    duration,
    100,
    'How long the Describe batches of one query wait for more ids, all of them together. More saves calls where ECS is slow; 0 sends them at once.',
  ),
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

  ...LIMIT_SETTINGS,

  liveMinInterval: live(
    'LIVE_MIN_INTERVAL',
    duration,
    1_000,
    'Time between two polls of something that changes; at least 100ms. A shorter time uses more of the rate limits.',
  ),
  liveMaxInterval: live(
    'LIVE_MAX_INTERVAL',
    duration,
    16_000,
    'Time between two polls of something that does not change. A feed can report a start this late.',
  ),
  liveConfirmAfter: live(
    'LIVE_CONFIRM_AFTER',
    duration,
    5_000,
    'A drain or a deployment succeeds only when a second poll, started this much later, confirms it. Longer than ECS reads lag behind its writes.',
  ),
  ...REPLICA_SETTINGS,
  ...EVENT_SETTINGS,
  history: history(
    'HISTORY',
    optional(word('path')),
    unset,
    'SQLite file that keeps what ECS forgets: stopped tasks, ended deployments and service events that the gateway has read. Needs the package libsql.',
  ),
  historyDays: history('HISTORY_DAYS', integer(1, 3_650), 30, 'Days for which entries are kept.'),
  historyMaxSize: history(
    'HISTORY_MAX_SIZE',
    atLeast(1_000_000, size),
    100_000_000,
    'Size of the entries; above it the oldest are deleted.',
  ),
  liveReplay: live('LIVE_REPLAY', integer(0, 100_000), 1_000, 'Events of each topic kept for subscribers who resume.'),
  liveMaxTopics: live(
    'LIVE_MAX_TOPICS',
    integer(1, 100_000),
    10_000,
    'Most topics (deployments, drains, feeds, ...) followed at a time, whatever the number of subscribers.',
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
    'Most WebSockets that have not sent `connection_init`, counted apart from the others. One more ends the oldest of the address with the most.',
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
  wsHeartbeat: live(
    'WS_HEARTBEAT',
    duration,
    12_000,
    'Time between pings. A WebSocket that does not answer is closed.',
  ),
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
    'Compress answers (br, gzip) for callers who accept it. Streams are not compressed.',
  ),
  fastPaths: operations(
    'FAST_PATHS',
    toggle,
    true,
    "Use the gateway's own executor, WebSocket frames, SSE chunks and JSON decoder. `off` uses those of graphql-js, ws, Node and the AWS SDK, " +
      'which are slower, to find out whether a fault is in one of ours. The limits on the objects of an answer are then checked at its end.',
  ),
  metrics: operations(
    'METRICS',
    toggle,
    true,
    'Serve Prometheus metrics at /metrics, with the same authentication as the graph.',
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
  federation: {
    ...operations(
      'FEDERATION',
      toggle,
      false,
      'Serve the graph as a subgraph of Apollo Federation 2 too: `_service` and `_entities`. `_service` shows the schema whatever INTROSPECTION says.',
    ),
    commands: GATEWAY,
  },
  logFormat: {
    ...operations('LOG_FORMAT', choice('json', 'text'), 'json', 'Log lines for machines or for people, on stderr.'),
    commands: ALL,
    initial: ({ command }: DefaultInput) => (command === 'serve' ? 'json' : 'text') as 'json' | 'text',
    defaultText: 'json for serve, else text',
  },
  ...TELEMETRY_SETTINGS,
};

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** The flags of a setting in a command, without dashes: its own flag and its alias. */
export function flagsOf(name: SettingName, command: Command): readonly string[] {
  const { alias } = SETTINGS[name] as Setting<unknown>;
  return alias?.command === command ? [flagOf(name), alias.flag] : [flagOf(name)];
}

/** The flag of a setting, without its dashes. */
export function flagOf(name: SettingName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
