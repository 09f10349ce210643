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

/** Messages of InvalidParameterException and ClientException about a missing resource, and the member that named it. */
const MISSING_BY_MESSAGE: readonly (readonly [message: RegExp, member: string])[] = [
  [/\btask was not found/i, 'task'],
  [/\bcontainer instance was not found/i, 'containerInstance'],
  [/^TaskDefinition not found/i, 'taskDefinition'],
];

/** The error repeats at most this many characters of a caller's name. */
const MOST_CHARACTERS = 100;

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
  const missing = MISSING_BY_MESSAGE.find(([message]) => message.test(error.message))?.[1];
  const given = missing === undefined ? undefined : (args as Readonly<Record<string, unknown>>)[missing];
  if (missing !== undefined && typeof given === 'string') {
    // Task definitions are in no cluster.
    const where = missing === 'taskDefinition' ? `named "${given.slice(0, MOST_CHARACTERS)}"` : note;
    return error.at(`${prefix}${missing}`, where);
  }
  const names = NAMED_BY[error.awsCode ?? ''] ?? [];
  const argument = names.find((name) => ((args as Readonly<Record<string, unknown>>)[name] ?? null) !== null);
  if (argument === undefined) {
    // The message of the cause still has the values that it repeated of the input.
    const { message } = error.cause instanceof EcsError ? error.cause : error;
    const member = MAY_NAME_MEMBERS.has(error.code) ? refusedMember(message, args, known) : undefined;
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
