import { EcsError } from '../../ecs/core/errors.ts';
import { refusedMember } from './refused-member.ts';

/**
 * The resources that ECS reports as missing, and the arguments and members that may have named them. The first one that
 * was given counts.
 */
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
 * The error of a failed ECS call, with the argument that caused it if that is known.
 * @param args the caller's arguments
 * @param note where a missing resource was looked for
 * @param prefix the path of `args` in the caller's document, such as `input.`
 * @param known members that the request may have
 */
export function blame(
  error: unknown,
  args: object,
  note?: string,
  prefix = '',
  known: readonly string[] = [],
): unknown {
  if (!(error instanceof EcsError) || error.argument !== undefined) return error;
  const names = NAMED_BY[error.awsCode ?? ''] ?? [];
  const argument = names.find((name) => ((args as Readonly<Record<string, unknown>>)[name] ?? null) !== null);
  if (argument === undefined) {
    const member = MAY_NAME_MEMBERS.has(error.code) ? refusedMember(error.message, args, known) : undefined;
    return member === undefined ? error : error.at(`${prefix}${member}`);
  }
  if (error.code !== 'NOT_FOUND') return error;
  return error.at(argument && `${prefix}${argument}`, note);
}

/** Codes of errors whose messages may name a member. */
const MAY_NAME_MEMBERS: ReadonlySet<string> = new Set([
  'INVALID_PARAMETER',
  'NOT_FOUND',
  'FAILED_PRECONDITION',
  'UNSUPPORTED_FEATURE',
]);

/** The result of a read. If a resource that the caller named does not exist, the error names the argument. */
export async function blaming<T>(read: Promise<T>, args: object, note?: string): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw blame(error, args, note);
  }
}
