/** The meaning of an error for a caller, and the HTTP status if the whole request fails with it. */
export interface ErrorCodeInfo {
  readonly description: string;
  /** True if the unchanged request may succeed later and sending it again does no harm. */
  readonly retryable: boolean;
  /** The case in which an error with a retryable code is not retryable, as the rest of "not if ...". */
  readonly unless?: string;
  readonly status: number;
}

/** Every value of `extensions.code`. `docs/errors.md` is printed from this table. */
export const ERROR_CODES = {
  // The request
  BAD_REQUEST: { description: 'The HTTP request is not a GraphQL request.', retryable: false, status: 400 },
  BAD_USER_INPUT: {
    description: 'An argument or variable has a value that cannot be used; the message names it.',
    retryable: false,
    status: 400,
  },
  GRAPHQL_PARSE_FAILED: { description: 'The document is not GraphQL.', retryable: false, status: 400 },
  GRAPHQL_VALIDATION_FAILED: { description: 'The document does not fit the schema.', retryable: false, status: 400 },
  OPERATION_RESOLUTION_FAILURE: {
    description: 'The document has no operation of that name, or several and no name was given.',
    retryable: false,
    status: 400,
  },
  METHOD_NOT_ALLOWED: {
    description: 'Only POST and, for queries, GET are served.',
    retryable: false,
    status: 405,
  },
  NOT_ACCEPTABLE: {
    description: 'The Accept header allows no media type that this server answers with.',
    retryable: false,
    status: 406,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    description: 'A POST must carry application/json.',
    retryable: false,
    status: 415,
  },
  BATCH_TOO_LARGE: {
    description: 'The request is an array of more operations than `MAX_BATCH`.',
    retryable: false,
    status: 413,
  },
  PERSISTED_QUERY_NOT_FOUND: {
    description:
      'The request has only the hash of its document, and this server does not hold the text: send it with the hash.',
    retryable: false,
    status: 200,
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    description: 'The request has only the hash of its document, and `APQ_CACHE` is 0: send the text.',
    retryable: false,
    status: 200,
  },
  DOCUMENT_NOT_FOUND: {
    description:
      'The request names a document by an id that no manifest of `TRUSTED_DOCUMENTS` lists: deploy the manifest of the build that sends it.',
    retryable: false,
    status: 404,
  },
  DOCUMENT_NOT_TRUSTED: {
    description:
      "The caller's role runs only the operations of a manifest (`TRUSTED_ONLY_ROLES`), and no manifest lists this one: add it to a manifest of `TRUSTED_DOCUMENTS`.",
    retryable: false,
    status: 403,
  },
  PAYLOAD_TOO_LARGE: { description: 'The request body has more bytes than `MAX_BODY`.', retryable: false, status: 413 },
  MISDIRECTED_REQUEST: {
    description: 'The Host header names a host that this server does not answer for; `ALLOWED_ORIGINS` names more.',
    retryable: false,
    status: 421,
  },
  ORIGIN_NOT_ALLOWED: {
    description: 'A browser asks for a page of another origin, which `ALLOWED_ORIGINS` does not list.',
    retryable: false,
    status: 403,
  },
  UNAUTHENTICATED: {
    description: 'No valid bearer token came with the request.',
    retryable: false,
    status: 401,
  },
  TOKEN_ENDED: {
    description:
      'The token that opened a stream has expired or was withdrawn (`extensions.reason`). The stream ends; `extensions.cursor` is the cursor of the last event: resume from it with another token.',
    retryable: false,
    status: 401,
  },
  FORBIDDEN: {
    description:
      'The policies (`POLICIES`, `READ_ONLY`) do not let the caller do this. `extensions.action` names the action, and `extensions.policies` the policies that forbid it (empty if no policy allows it).',
    retryable: false,
    status: 403,
  },
  AUDIT_UNAVAILABLE: {
    description: 'The audit log (`AUDIT_LOG`) cannot be written, so no write is accepted. Nothing was done.',
    retryable: true,
    status: 503,
  },
  AUTHENTICATION_UNAVAILABLE: {
    description: "The token cannot be checked, because the issuer's keys (`OIDC_ISSUER`) cannot be read.",
    retryable: true,
    status: 503,
  },
  // Limits
  QUERY_TOO_LONG: {
    description:
      'The document has more tokens than `MAX_TOKENS`, more characters than `MAX_DOCUMENT` or more than 5,000 lines.',
    retryable: false,
    status: 400,
  },
  QUERY_TOO_DEEP: {
    description:
      'The selections are nested deeper than `MAX_DEPTH`, or the lists and objects in an argument deeper than 20 levels.',
    retryable: false,
    status: 400,
  },
  QUERY_TOO_LARGE: {
    description: 'Fragments expand the document to more fields than `MAX_FIELDS`, or it has more than 50 operations.',
    retryable: false,
    status: 400,
  },
  QUERY_TOO_EXPENSIVE: {
    description:
      'The operation is estimated to need more ECS calls than `MAX_COST`, or to return more objects than `MAX_OBJECTS` (an event of a subscription: `MAX_EVENT_COST`, `MAX_EVENT_OBJECTS`; for a role: `LIMITS_FILE`). At a field: the inventory stopped answering while the operation ran, and it needs more calls than that. Smaller pages (`first`) lower the estimate. With `retryable: true` and `retryAfterMs`: it could run once the inventory is filled.',
    retryable: false,
    status: 400,
  },
  RESPONSE_TOO_LARGE: {
    description:
      'The answer turned out to be longer than `MAX_RESPONSE`, or to have more than three times `MAX_OBJECTS`. What a mutation wrote stays written.',
    retryable: false,
    status: 400,
  },
  TOO_MANY_ALIASES: { description: 'The document has more aliases than `MAX_ALIASES`.', retryable: false, status: 400 },
  TOO_MANY_ROOT_FIELDS: {
    description: 'The operation has more root fields than `MAX_ROOT_FIELDS`.',
    retryable: false,
    status: 400,
  },
  TOO_MANY_DESTRUCTIVE_FIELDS: {
    description:
      'The request has more mutations that delete, deregister or stop something than `MAX_DESTRUCTIVE_FIELDS`, and no policy allows DestroySeveral. Nothing was done.',
    retryable: false,
    status: 400,
  },
  TOO_MANY_DIRECTIVES: {
    description: 'The document has more directives than `MAX_DIRECTIVES`, or more than 3 in one place.',
    retryable: false,
    status: 400,
  },
  TOO_MANY_DUPLICATES: {
    description:
      'A selection repeats a field or fragment more often than `MAX_DUPLICATES`, or selections that are merged repeat fields too often.',
    retryable: false,
    status: 400,
  },
  TOO_MANY_FRAGMENTS: {
    description: 'The document has more fragments than `MAX_FRAGMENTS`.',
    retryable: false,
    status: 400,
  },
  VARIABLES_TOO_LARGE: {
    description: 'The variables hold more keys and items than `MAX_VARIABLES`, or are nested deeper than 20 levels.',
    retryable: false,
    status: 400,
  },
  INTROSPECTION_DISABLED: {
    description: 'This server does not answer introspection (`INTROSPECTION`).',
    retryable: false,
    status: 400,
  },
  TOO_MANY_SUBSCRIPTIONS: {
    description:
      'The limit on subscriptions of the connection (`WS_MAX_SUBSCRIPTIONS`), of the server (`SSE_MAX_STREAMS`, `LIVE_MAX_TOPICS`), or of the role (`LIMITS_FILE`) is reached.',
    retryable: true,
    status: 429,
  },
  TOO_MANY_OPERATIONS: {
    description:
      'The principal runs and waits for as many operations as its role allows (`LIMITS_FILE`). Nothing was done; `retryAfterMs` says when to try again.',
    retryable: true,
    status: 429,
  },
  TOO_MANY_MUTATIONS: {
    description:
      'The principal has written as often in the last minute as its role allows (`LIMITS_FILE`); each root field counts. Nothing was done; `retryAfterMs` says when to try again.',
    retryable: true,
    status: 429,
  },
  // This server
  REQUEST_INCOMPLETE: {
    description: 'The request did not arrive whole within `HEADERS_TIMEOUT` and `REQUEST_TIMEOUT`. Nothing was done.',
    retryable: true,
    status: 408,
  },
  REQUEST_TIMEOUT: {
    description: 'The request did not end within `QUERY_DEADLINE` or `MUTATION_DEADLINE`, and no write was sent.',
    retryable: true,
    status: 504,
  },
  SERVER_BUSY: {
    description:
      'The limit on running and waiting operations is reached (`MAX_OPERATIONS`, `MAX_CALLER_OPERATIONS`, `MAX_LARGE_OPERATIONS`). Nothing was done; retry after `retryAfterMs`.',
    retryable: true,
    status: 503,
  },
  IDEMPOTENCY_KEYS_EXHAUSTED: {
    description:
      'The store of results for `idempotencyKey` is full (`IDEMPOTENCY_KEYS`, `IDEMPOTENCY_BYTES`). Nothing was done; it has room after `retryAfterMs`.',
    retryable: true,
    status: 503,
  },
  IDEMPOTENCY_KEYS_UNAVAILABLE: {
    description:
      'The store of `idempotencyKey`s that replicas share (`SHARED`) cannot be reached, and ECS itself would do the mutation again. Nothing was done.',
    retryable: true,
    status: 503,
  },
  IDEMPOTENCY_KEY_IN_USE: {
    description:
      'A mutation with the same `idempotencyKey` is still in progress, perhaps at another replica. If it is sent again later, it gets the answer of that one.',
    retryable: true,
    status: 503,
  },
  CHANGE_IN_PROGRESS: {
    description:
      'Other mutations, of this process or of another replica (`SHARED`), are changing the same service or draining instances of the same cluster, and have not ended in time. Nothing was done.',
    retryable: true,
    status: 503,
  },
  SERVER_DRAINING: {
    description: 'This process is shutting down; another, or the next one, will answer.',
    retryable: true,
    status: 503,
  },
  INTERNAL_SERVER_ERROR: {
    description: 'A fault of this server. `requestId` finds it in the log.',
    retryable: false,
    status: 500,
  },
  // ECS
  NOT_FOUND: { description: 'The resource does not exist in ECS.', retryable: false, status: 404 },
  INVALID_PARAMETER: {
    description: 'ECS refused a value of the input; the message names it.',
    retryable: false,
    status: 400,
  },
  FAILED_PRECONDITION: {
    description: 'Something else must be done first: the cluster still has tasks, the service is not ACTIVE, ...',
    retryable: false,
    status: 409,
  },
  LIMIT_EXCEEDED: { description: 'The change would pass a quota of the AWS account.', retryable: false, status: 400 },
  UNSUPPORTED_FEATURE: {
    description: 'ECS does not offer this operation, feature or platform version here.',
    retryable: false,
    status: 400,
  },
  UPSTREAM_REJECTED: {
    description: 'ECS refused the call for another reason, which the message gives.',
    retryable: false,
    status: 400,
  },
  CLOCK_SKEW: { description: "The gateway's clock and AWS's are too far apart.", retryable: false, status: 503 },
  CONFLICT: { description: 'The state of the resource does not allow the change.', retryable: false, status: 409 },
  PAGINATION_EXPIRED: {
    description: 'The cursor is too old for ECS; start again without `after`.',
    retryable: false,
    status: 400,
  },
  FORBIDDEN_UPSTREAM: {
    description: "The gateway's AWS credentials do not allow the operation.",
    retryable: false,
    status: 403,
  },
  CREDENTIALS_UNAVAILABLE: {
    description: 'The gateway has no valid AWS credentials.',
    retryable: false,
    status: 503,
  },
  UPSTREAM_THROTTLED: { description: 'ECS throttled the call.', retryable: true, status: 429 },
  UPSTREAM_BUDGET: {
    description: "ECS's rate limit leaves no room for the call before the deadline; retry after `retryAfterMs`.",
    retryable: true,
    status: 429,
  },
  UPSTREAM_TIMEOUT: { description: 'ECS did not answer in time.', retryable: true, status: 504 },
  UPSTREAM_UNAVAILABLE: { description: 'ECS cannot be reached, or failed.', retryable: true, status: 502 },
  UPSTREAM_INVALID_RESPONSE: {
    description: 'The server in the place of ECS sent an answer that is not one of ECS.',
    retryable: true,
    unless: 'it is a page with HTTP status 500, as an emulator sends for an operation that it lacks',
    status: 502,
  },
  UPSTREAM_RESPONSE_TOO_LARGE: {
    description: "ECS's answer has more bytes than `MAX_UPSTREAM_ANSWER`; it would have them again.",
    retryable: false,
    status: 502,
  },
  OUTCOME_UNKNOWN: {
    description:
      'The write was sent, and no answer came: ECS may have done it. `check` holds the GraphQL fields to read before you send it again.',
    retryable: false,
    status: 502,
  },
} as const satisfies Record<string, ErrorCodeInfo>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether a value is one of the documented codes. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}
