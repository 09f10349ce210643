import type { OperationName } from './operations.ts';

/** The gateway's codes for upstream errors. The graph's table of codes explains each. */
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
  | 'UPSTREAM_RESPONSE_TOO_LARGE'
  | 'UPSTREAM_REJECTED'
  | 'QUERY_TOO_EXPENSIVE'
  | 'OUTCOME_UNKNOWN';

/** A failed ECS call, without the SDK's internals (role ARNs, stacks, socket details). */
export class EcsError extends Error {
  override readonly name = 'EcsError';
  readonly code: EcsErrorCode;
  readonly operation: OperationName;
  /** AWS's name of the exception; undefined if no answer came. */
  readonly awsCode: string | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  /** Whether ECS may have executed the call: it was sent, and no answer says that it was refused. */
  readonly mayBeDone: boolean;
  /** The caller's argument that the error is about, if known. */
  readonly argument: string | undefined;
  /** The writes of its mutation, if the mutation consists of several. */
  readonly steps: Steps | undefined;

  constructor(code: EcsErrorCode, operation: OperationName, message: string, details: EcsErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.operation = operation;
    this.awsCode = details.awsCode;
    this.requestId = details.requestId;
    this.retryable = details.retryable ?? RETRYABLE.has(code);
    this.retryAfterMs = details.retryAfterMs;
    this.mayBeDone = details.mayBeDone ?? false;
    this.argument = details.argument;
    this.steps = details.steps;
  }

  /**
   * The same error for a mutation that it stopped between several writes. If one of them was done, the mutation as a
   * whole may not be taken for one that did nothing.
   */
  within(steps: Steps): EcsError {
    const mayBeDone = this.mayBeDone || steps.done.length > 0;
    const message = withDone(this.message, steps);
    return new EcsError(this.code, this.operation, message, { ...this, mayBeDone, steps, cause: this });
  }

  /** The same error for an argument of the caller. `note` is appended in brackets. */
  at(argument: string | undefined, note?: string): EcsError {
    const message = note === undefined ? this.message : `${this.message.replace(/\.$/, '')} (${note}).`;
    return new EcsError(this.code, this.operation, message, { ...this, argument, cause: this });
  }
}

/** A write that is a part of a mutation. */
export interface Step {
  readonly operation: OperationName;
  /** Its subject, in words that a person can look for; undefined if that is not known yet. */
  readonly resource?: string | undefined;
}

/** How far a mutation of several writes has come. */
export interface Steps {
  readonly done: readonly Step[];
  /** The first of them failed, or ECS may have done it. */
  readonly pending: readonly Step[];
}

/** A write that ECS may have executed: its answer was lost, and nothing that ECS shows reveals the outcome. */
export class OutcomeUnknownError extends EcsError {
  /** Time at which it was sent, in epoch milliseconds of ECS's clock. */
  readonly sentAt: number;
  /** Fields of a GraphQL query that let a person see the outcome; undefined if ECS shows no trace of it. */
  readonly check: string | undefined;

  /** @param details `message`: absent for a message made of that of the cause */
  constructor(
    cause: EcsError,
    {
      sentAt,
      check,
      message,
    }: Pick<OutcomeUnknownError, 'sentAt' | 'check'> & { readonly message?: string | undefined },
  ) {
    const { operation, awsCode, requestId, steps } = cause;
    const advice =
      check === undefined ? 'ECS shows no trace of it.' : 'Read the fields in `check` before you send it again.';
    const own = `ECS may have done ${operation}, and its answer was lost (${cause.message}). ${advice}`;
    const details = { awsCode, requestId, steps, retryable: false, mayBeDone: true, cause };
    super('OUTCOME_UNKNOWN', operation, message ?? own, details);
    this.sentAt = sentAt;
    this.check = check;
  }

  override within(steps: Steps): OutcomeUnknownError {
    const { code, operation, message, sentAt, check } = this;
    const cause = new EcsError(code, operation, message, { ...this, steps, cause: this });
    return new OutcomeUnknownError(cause, { sentAt, check, message: withDone(message, steps) });
  }
}

/** Most steps that a message names. */
const MOST_NAMED = 3;

function withDone(message: string, { done }: Steps): string {
  if (done.length === 0) return message;
  const named = done.slice(-MOST_NAMED).map(({ operation, resource = '' }) => `${operation} ${resource}`.trim());
  const more = done.length > MOST_NAMED ? ` and ${done.length - MOST_NAMED} more` : '';
  return `${message.replace(/\.$/, '')} (done before: ${named.join(', ')}${more}).`;
}

export interface EcsErrorDetails {
  readonly awsCode?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly mayBeDone?: boolean | undefined;
  readonly argument?: string | undefined;
  readonly steps?: Steps | undefined;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<EcsErrorCode> = new Set([
  'UPSTREAM_THROTTLED',
  'UPSTREAM_BUDGET',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID_RESPONSE',
]);

/** AWS exception to our code. Other exceptions that are not network failures are UPSTREAM_REJECTED. */
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
  // ECS uses it for many mistakes of the caller, such as a task definition that does not exist.
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

/** Messages that replace AWS's, where those may name roles, accounts or sockets, or do not help the caller. */
const OWN_WORDS: Partial<Record<EcsErrorCode, string>> = {
  FORBIDDEN_UPSTREAM: "AWS does not allow the gateway's credentials to call",
  CREDENTIALS_UNAVAILABLE: "AWS did not accept the gateway's credentials, or there are none, for",
  CLOCK_SKEW: "The gateway's clock and AWS's are too far apart for",
  UPSTREAM_THROTTLED: 'ECS throttled',
  UPSTREAM_TIMEOUT: 'ECS did not answer in time:',
  UPSTREAM_UNAVAILABLE: 'ECS could not be reached or failed:',
  UPSTREAM_INVALID_RESPONSE: 'ECS sent an answer that cannot be read:',
  UPSTREAM_RESPONSE_TOO_LARGE: 'ECS sent an answer that is larger than MAX_UPSTREAM_ANSWER allows:',
};

/** There are no usable credentials. The message names no role. The name is that of the SDK's own error. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsProviderError';
}

/** The response is not a valid answer of ECS to this call. */
export class InvalidAnswerError extends Error {
  override readonly name = 'InvalidAnswerError';
  /** Its problem. The SDK adds advice for its users to the message of an error of decoding. */
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

/** ECS's answer exceeds the gateway's limit. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

interface SdkErrorShape {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
  readonly $fault?: unknown;
  readonly $response?: unknown;
}

/**
 * Converts a failure of the SDK's `send` to an EcsError.
 * @param mayBeDone whether an attempt was sent that ECS has not refused
 */
export function toEcsError(operation: OperationName, thrown: unknown, mayBeDone = false): EcsError {
  if (thrown instanceof EcsError) return mayBeDone && !thrown.mayBeDone ? withDoubt(thrown) : thrown;
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as SdkErrorShape;
  const name = typeof error.name === 'string' ? error.name : '';
  const status = error.$metadata?.httpStatusCode;
  const code = codeOf(name, status, error);
  // Without `$fault`, the name belongs to an error of Node, not to an AWS exception.
  const awsCode = status === undefined || isUnreadable(name, error) || NAMELESS.has(name) ? undefined : name;
  return new EcsError(code, operation, messageOf(code, operation, { status, awsCode, thrown }), {
    awsCode,
    requestId: error.$metadata?.requestId,
    // A web framework's page does not come from ECS, and a retry would most likely get it again.
    retryable: code === 'UPSTREAM_INVALID_RESPONSE' && status === 500 ? false : undefined,
    mayBeDone,
    cause: thrown,
  });
}

function messageOf(code: EcsErrorCode, operation: OperationName, { status, awsCode, thrown }: Failed): string {
  if (code === 'UNSUPPORTED_FEATURE' && awsCode === undefined)
    return `ECS, or what answers in its place, has no ${operation}`;
  const own = OWN_WORDS[code];
  if (own !== undefined) return `${own} ${operation}${noteOf(code, status, thrown)}`;
  const { message = '' } = thrown as { readonly message?: string };
  // The SDK makes a message up where ECS sends none.
  if (NAMELESS.has(message)) return `ECS refused ${operation}${awsCode === undefined ? '' : ` with ${awsCode}`}`;
  return withoutRoles(message);
}

/** The facts about a failed call. */
interface Failed {
  readonly status: number | undefined;
  readonly awsCode: string | undefined;
  readonly thrown: unknown;
}

/** Why an answer cannot be read. */
function noteOf(code: EcsErrorCode, status: number | undefined, thrown: unknown): string {
  if (code !== 'UPSTREAM_INVALID_RESPONSE') return '';
  if (thrown instanceof InvalidAnswerError) return ` (it ${thrown.reason})`;
  return isForeign(status) ? ` (HTTP status ${status})` : '';
}

/** Whether a status shows that an unreadable answer comes from something that is not ECS. */
function isForeign(status: number | undefined): boolean {
  return status !== undefined && status !== 200;
}

function withDoubt(error: EcsError): EcsError {
  return new EcsError(error.code, error.operation, error.message, { ...error, mayBeDone: true, cause: error.cause });
}

/** Whether an attempt failed before anything reached ECS: no address, no connection, an untrusted certificate. */
export function neverLeft(thrown: unknown): boolean {
  const { syscall, code, errors } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as NodeErrorShape;
  // A host with several addresses fails with one error for each.
  if (Array.isArray(errors) && errors.length > 0) return errors.every(neverLeft);
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  return typeof code === 'string' && CERTIFICATE_CODES.test(code);
}

interface NodeErrorShape {
  readonly syscall?: unknown;
  readonly code?: unknown;
  readonly errors?: unknown;
}

/** Node refuses a certificate before it sends any data. */
const CERTIFICATE_CODES = /^(?:CERT_|ERR_TLS_CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_SELF_SIGNED_)/;

const ROLE_ARN = /arn:[\w-]*:(?:iam|sts):[^\s"'`,;()<>[\]{}]*/gi;

/** ARNs of IAM and STS name roles that no caller needs to know. */
export function withoutRoles(text: string): string {
  return text.replace(ROLE_ARN, (arn) => `(an ARN of ${/:sts:/i.test(arn) ? 'STS' : 'IAM'})`);
}

/** The SDK's names and message for an answer that names no exception. */
const NAMELESS: ReadonlySet<string> = new Set(['', 'Unknown', 'UnknownError']);

/** ECS has one exception for many mistakes, so only its text shows that a resource does not exist. */
const NOT_FOUND_MESSAGES: readonly RegExp[] = [
  /^(?:the )?(?:specified |referenced )?\w+(?: \w+){0,2} (?:was )?not found\b/i,
  /^the specified \w+(?: \w+){0,2} does not exist\b/i,
  /^unable to describe (?:daemon )?task definition\b/i,
];

function codeOf(name: string, status: number | undefined, error: SdkErrorShape): EcsErrorCode {
  if (name === 'InvalidAnswerError') return 'UPSTREAM_INVALID_RESPONSE';
  if (name === 'AnswerTooLargeError') return 'UPSTREAM_RESPONSE_TOO_LARGE';
  // Emulators report unsupported operations with status 501, under several names.
  if (status === 501) return 'UNSUPPORTED_FEATURE';
  const known = BY_EXCEPTION[name];
  if (known === 'INVALID_PARAMETER' && NOT_FOUND_MESSAGES.some((pattern) => pattern.test(String(error.message))))
    return 'NOT_FOUND';
  if (known !== undefined) return known;
  // ECS's own 500 is JSON. A proxy's 502, 503 or 504 is temporary, while a server that fails with an HTML page would
  // fail again.
  if (isUnreadable(name, error)) {
    return status !== undefined && status > 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_INVALID_RESPONSE';
  }
  if (status === undefined || status >= 500) return 'UPSTREAM_UNAVAILABLE';
  // A redirect, or a refusal without the name of an exception: it comes from a proxy, not from ECS.
  if (NAMELESS.has(name)) return 'UPSTREAM_INVALID_RESPONSE';
  return 'UPSTREAM_REJECTED';
}

/** Every error of ECS has a `$fault`. Without it, the answer could not be read as an error either. */
function isUnreadable(name: string, error: SdkErrorShape): boolean {
  return error.$fault === undefined && (name === 'SyntaxError' || error.$response !== undefined);
}
