import type { OperationName } from './operations.ts';

/** How the gateway tells its users what went wrong upstream; the graph's table of codes explains each. */
export type EcsErrorCode =
  | 'NOT_FOUND'
  | 'INVALID_PARAMETER'
  | 'CONFLICT'
  | 'FAILED_PRECONDITION'
  | 'LIMIT_EXCEEDED'
  | 'UNSUPPORTED_FEATURE'
  | 'FORBIDDEN_UPSTREAM'
  | 'CREDENTIALS_UNAVAILABLE'
  | 'CLOCK_SKEW'
  | 'PAGINATION_EXPIRED'
  | 'UPSTREAM_THROTTLED'
  | 'UPSTREAM_BUDGET'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_INVALID_RESPONSE'
  | 'UPSTREAM_REJECTED';

/** A failed ECS call, told without anything that the SDK keeps to itself (no role ARN, no stack of its own, no socket detail). */
export class EcsError extends Error {
  override readonly name = 'EcsError';
  readonly code: EcsErrorCode;
  readonly operation: OperationName;
  /** The exception's name as AWS spells it; undefined when no answer came. */
  readonly awsCode: string | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: EcsErrorCode, operation: OperationName, message: string, details: EcsErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.operation = operation;
    this.awsCode = details.awsCode;
    this.requestId = details.requestId;
    this.retryable = details.retryable ?? RETRYABLE.has(code);
    this.retryAfterMs = details.retryAfterMs;
  }
}

interface EcsErrorDetails {
  readonly awsCode?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<EcsErrorCode> = new Set([
  'UPSTREAM_THROTTLED',
  'UPSTREAM_BUDGET',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID_RESPONSE',
]);

/** AWS exception -> our code. What is not listed and is no fault of the network is UPSTREAM_REJECTED. */
const BY_EXCEPTION: Readonly<Record<string, EcsErrorCode>> = {
  ClusterNotFoundException: 'NOT_FOUND',
  ServiceNotFoundException: 'NOT_FOUND',
  TaskSetNotFoundException: 'NOT_FOUND',
  ResourceNotFoundException: 'NOT_FOUND',
  TargetNotFoundException: 'NOT_FOUND',
  ServiceDeploymentNotFoundException: 'NOT_FOUND',
  DaemonNotFoundException: 'NOT_FOUND',
  GatewayNotFoundException: 'NOT_FOUND',
  NamespaceNotFoundException: 'NOT_FOUND',
  InvalidParameterException: 'INVALID_PARAMETER',
  // ECS uses it for many things that the caller can mend, such as a task definition that does not exist.
  ClientException: 'INVALID_PARAMETER',
  ValidationException: 'INVALID_PARAMETER',
  SerializationException: 'INVALID_PARAMETER',
  ConflictException: 'CONFLICT',
  ResourceInUseException: 'CONFLICT',
  UpdateInProgressException: 'CONFLICT',
  BlockedException: 'FORBIDDEN_UPSTREAM',
  ClusterContainsCapacityProviderException: 'FAILED_PRECONDITION',
  ClusterContainsContainerInstancesException: 'FAILED_PRECONDITION',
  ClusterContainsServicesException: 'FAILED_PRECONDITION',
  ClusterContainsTasksException: 'FAILED_PRECONDITION',
  ServiceNotActiveException: 'FAILED_PRECONDITION',
  DaemonNotActiveException: 'FAILED_PRECONDITION',
  TargetNotConnectedException: 'FAILED_PRECONDITION',
  NoUpdateAvailableException: 'FAILED_PRECONDITION',
  MissingVersionException: 'FAILED_PRECONDITION',
  PlatformTaskDefinitionIncompatibilityException: 'FAILED_PRECONDITION',
  LimitExceededException: 'LIMIT_EXCEEDED',
  AttributeLimitExceededException: 'LIMIT_EXCEEDED',
  UnsupportedFeatureException: 'UNSUPPORTED_FEATURE',
  PlatformUnknownException: 'UNSUPPORTED_FEATURE',
  UnknownOperationException: 'UNSUPPORTED_FEATURE',
  AccessDeniedException: 'FORBIDDEN_UPSTREAM',
  AccessDenied: 'FORBIDDEN_UPSTREAM',
  ExpiredTokenException: 'CREDENTIALS_UNAVAILABLE',
  ExpiredToken: 'CREDENTIALS_UNAVAILABLE',
  UnrecognizedClientException: 'CREDENTIALS_UNAVAILABLE',
  InvalidSignatureException: 'CREDENTIALS_UNAVAILABLE',
  IncompleteSignature: 'CREDENTIALS_UNAVAILABLE',
  MissingAuthenticationTokenException: 'CREDENTIALS_UNAVAILABLE',
  CredentialsProviderError: 'CREDENTIALS_UNAVAILABLE',
  TokenProviderError: 'CREDENTIALS_UNAVAILABLE',
  RequestTimeTooSkewed: 'CLOCK_SKEW',
  RequestExpired: 'CLOCK_SKEW',
  ThrottlingException: 'UPSTREAM_THROTTLED',
  Throttling: 'UPSTREAM_THROTTLED',
  TooManyRequestsException: 'UPSTREAM_THROTTLED',
  RequestLimitExceeded: 'UPSTREAM_THROTTLED',
  TimeoutError: 'UPSTREAM_TIMEOUT',
  ServerException: 'UPSTREAM_UNAVAILABLE',
};

/** Messages that replace AWS's own where those may name roles, accounts or sockets, or say nothing to our users. */
const OWN_WORDS: Partial<Record<EcsErrorCode, string>> = {
  FORBIDDEN_UPSTREAM: "AWS does not allow the gateway's credentials to call",
  CREDENTIALS_UNAVAILABLE: "AWS did not accept the gateway's credentials, or there are none, for",
  CLOCK_SKEW: "The gateway's clock and AWS's are too far apart for",
  UPSTREAM_THROTTLED: 'ECS throttled',
  UPSTREAM_TIMEOUT: 'ECS did not answer in time:',
  UPSTREAM_UNAVAILABLE: 'ECS could not be reached or failed:',
  UPSTREAM_INVALID_RESPONSE: 'ECS sent an answer that cannot be read:',
};

interface SdkErrorShape {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
  readonly $fault?: unknown;
  readonly $response?: unknown;
}

/** Tells a failure of the SDK's `send` as an EcsError. */
export function toEcsError(operation: OperationName, thrown: unknown): EcsError {
  if (thrown instanceof EcsError) return thrown;
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as SdkErrorShape;
  const name = typeof error.name === 'string' ? error.name : '';
  const status = error.$metadata?.httpStatusCode;
  const code = codeOf(name, status, error);
  const message = typeof error.message === 'string' ? error.message : '';
  return new EcsError(
    code,
    operation,
    OWN_WORDS[code] === undefined ? message || name : `${OWN_WORDS[code]} ${operation}`,
    {
      awsCode: status === undefined ? undefined : name || undefined,
      requestId: error.$metadata?.requestId,
      cause: thrown,
    },
  );
}

function codeOf(name: string, status: number | undefined, error: SdkErrorShape): EcsErrorCode {
  const known = BY_EXCEPTION[name];
  if (known !== undefined) return known;
  // What ECS itself calls an error has a `$fault`; without one the answer could not be read as an error either.
  if (error.$fault === undefined && (name === 'SyntaxError' || error.$response !== undefined)) {
    return status !== undefined && status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_INVALID_RESPONSE';
  }
  if (status === undefined || status >= 500) return 'UPSTREAM_UNAVAILABLE';
  return 'UPSTREAM_REJECTED';
}
