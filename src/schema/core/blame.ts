import { EcsError } from '../../ecs/core/errors.ts';

/** What ECS says is missing, and the arguments and members that may have named it, the first that was given counting. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  ClusterNotFoundException: ['cluster', 'clusters', 'clusterArn'],
  DaemonNotFoundException: ['daemonArn', 'daemonName'],
  GatewayNotFoundException: ['gateway'],
  NamespaceNotFoundException: ['namespace'],
  ServiceDeploymentNotFoundException: ['serviceDeploymentArn'],
  ServiceNotFoundException: ['service', 'serviceName', 'serviceArn'],
  TargetNotFoundException: ['attributes', 'targetId'],
  TaskSetNotFoundException: ['taskSet', 'primaryTaskSet', 'taskSets'],
};

/**
 * The error of a failed ECS call, with the argument that it is about where that can be told.
 * @param args what the caller gave
 * @param note where was looked, for what does not exist
 * @param prefix what stands before the names of `args` in the caller's document, e.g. `input.`
 */
export function blame(error: unknown, args: object, note?: string, prefix = ''): unknown {
  if (!(error instanceof EcsError) || error.argument !== undefined) return error;
  const names = NAMED_BY[error.awsCode ?? ''] ?? [];
  const argument = names.find((name) => ((args as Readonly<Record<string, unknown>>)[name] ?? null) !== null);
  if (error.code !== 'NOT_FOUND') return error;
  return error.at(argument && `${prefix}${argument}`, note);
}

/** What a read found; where something that the caller named does not exist, the error names the argument. */
export async function blaming<T>(read: Promise<T>, args: object, note?: string): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw blame(error, args, note);
  }
}
