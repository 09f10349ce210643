import { GATEWAY, rows } from './setting.ts';
import { duration, integer, positive, size, zeroOr } from './types.ts';

const limit = rows('Limits', GATEWAY);

/** Limits on requests, connections and concurrent work. 0 means no limit, where 0 is allowed. */
export const LIMIT_SETTINGS = {
  headersTimeout: limit('HEADERS_TIMEOUT', positive(duration), 10_000, "Time to send a request's headers."),
  requestTimeout: limit('REQUEST_TIMEOUT', positive(duration), 30_000, 'Time to send a request.'),
  stallTimeout: limit(
    'STALL_TIMEOUT',
    duration,
    30_000,
    'How long a peer may read nothing of an answer, SSE stream or WebSocket before its connection ends; 0 means no limit.',
  ),
  maxConnections: limit('MAX_CONNECTIONS', integer(1, 1_000_000), 5_000, 'Most connections at a time.'),
  maxAddressConnections: limit(
    'MAX_ADDRESS_CONNECTIONS',
    integer(1, 1_000_000),
    2_500,
    "Most connections of one address at a time. Behind a proxy, all clients share the proxy's address.",
  ),
  maxBody: limit('MAX_BODY', size, 256_000, 'Largest request body.'),
  maxDocument: limit('MAX_DOCUMENT', size, 64_000, 'Longest document, in characters.'),
  maxBatch: limit(
    'MAX_BATCH',
    integer(0, 1_000),
    10,
    'Most operations in one request (a JSON array); 0 refuses arrays.',
  ),
  apqCache: limit(
    'APQ_CACHE',
    zeroOr(size),
    8_000_000,
    'Memory for automatic persisted queries (documents that clients send once and then name by hash); 0 turns them off.',
  ),
  maxTokens: limit('MAX_TOKENS', integer(1, 100_000), 2_000, 'Most tokens in a document.'),
  maxDepth: limit('MAX_DEPTH', integer(0, 100), 15, 'Deepest nesting of selections; 0 is no limit, here and below.'),
  maxFields: limit('MAX_FIELDS', integer(0, 1_000_000), 5_000, 'Most fields, with fragments expanded.'),
  maxAliases: limit('MAX_ALIASES', integer(0, 10_000), 30, 'Most aliases.'),
  maxDestructiveFields: limit(
    'MAX_DESTRUCTIVE_FIELDS',
    integer(0, 1_000),
    1,
    'Most mutations in a request (a batch is one) that delete, deregister or stop something, dry runs aside. The policy action DestroySeveral allows more.',
  ),
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
    'Most ECS calls that an operation could cause, by estimate. Reads that the inventory answers count none.',
  ),
  maxObjects: limit(
    'MAX_OBJECTS',
    integer(0, 10_000_000),
    20_000,
    'Most objects in an answer, by estimate. The hard limit while executing is three times as many.',
  ),
  maxEventCost: limit('MAX_EVENT_COST', integer(0, 10_000_000), 100, 'As `MAX_COST`, for one event of a subscription.'),
  maxEventObjects: limit(
    'MAX_EVENT_OBJECTS',
    integer(0, 10_000_000),
    2_000,
    'As `MAX_OBJECTS`, for one event of a subscription. The events of one caller share five times as many objects a second; further events are delayed.',
  ),
  maxResponse: limit('MAX_RESPONSE', zeroOr(size), 16_000_000, 'Longest answer, in characters.'),
  maxOperations: limit(
    'MAX_OPERATIONS',
    integer(1, 100_000),
    200,
    'Most queries and mutations that run at once. Eight times as many can wait, callers in turn, for at most a third of `QUERY_DEADLINE`.',
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
    'Most large operations that run at once, at most half of them for one caller. An operation with more than a twentieth of `MAX_OBJECTS` is large; large operations wait in a queue of their own.',
  ),
  maxClusters: limit(
    'MAX_CLUSTERS',
    integer(0, 10_000),
    100,
    'Most clusters that one field reads whole, as a search for users of an image or a feed does.',
  ),
};
