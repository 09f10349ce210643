/** An error in AWS's form: a code, an HTTP status, a message, and for a few codes one more member. */
export class EcsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'EcsError';
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

export function invalidParameter(message: string): EcsError {
  return new EcsError('InvalidParameterException', message);
}

export function rateExceeded(): EcsError {
  return new EcsError('ThrottlingException', 'Rate exceeded');
}

export function clientError(message: string): EcsError {
  return new EcsError('ClientException', message);
}

export function clusterNotFound(message = 'Cluster not found.'): EcsError {
  return new EcsError('ClusterNotFoundException', message);
}

export function serviceNotFound(message = 'Service not found.'): EcsError {
  return new EcsError('ServiceNotFoundException', message);
}

export function serviceNotActive(): EcsError {
  return new EcsError('ServiceNotActiveException', 'Service was not ACTIVE.');
}

export function resourceNotFound(message: string): EcsError {
  return new EcsError('ResourceNotFoundException', message);
}

export function targetNotFound(message: string): EcsError {
  return new EcsError('TargetNotFoundException', message);
}

export function unsupportedFeature(message: string): EcsError {
  return new EcsError('UnsupportedFeatureException', message);
}

export function serializationError(message: string): EcsError {
  return new EcsError('SerializationException', message);
}

export function unknownOperation(message = 'The operation is not known.'): EcsError {
  return new EcsError('UnknownOperationException', message);
}
