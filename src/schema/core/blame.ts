import { EcsError } from '../../ecs/core/errors.ts';
import { IN_CLUSTER, REFERENCES } from './overrides.ts';
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
  ResourceNotFoundException: ['resourceArn', 'serviceArn'],
  ServiceDeploymentNotFoundException: ['serviceDeploymentArn'],
  ServiceNotFoundException: ['service', 'serviceName', 'serviceArn'],
  TargetNotFoundException: ['attributes', 'targetId'],
  TaskSetNotFoundException: ['taskSet', 'primaryTaskSet', 'taskSets'],
};

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
  const argument = argumentOf(error, args as Fields, known);
  if (argument === undefined) return error;
  return error.at(
    `${prefix}${argument}`,
    error.code === 'NOT_FOUND' ? whereOf(argument, args as Fields, note) : undefined,
  );
}

/** Where a missing resource was looked for; its name if it is in no cluster. */
function whereOf(argument: string, args: Fields, note: string | undefined): string | undefined {
  if (isInCluster(argument)) return note;
  const given = args[argument];
  return typeof given === 'string' ? `named "${given.slice(0, MOST_CHARACTERS)}"` : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function argumentOf(error: EcsError, args: Fields, known: readonly string[]): string | undefined {
  const { awsCode = '', code } = error;
  const named = NAMED_BY[awsCode]?.find((name) => (args[name] ?? null) !== null);
  if (named !== undefined) return named;
  // ECS looked in its default, as the caller named no cluster.
  if (awsCode === 'ClusterNotFoundException')
    return 'cluster' in args || known.includes('cluster') ? 'cluster' : undefined;
  if (!MAY_NAME_MEMBERS.has(code)) return undefined;
  // The message of the cause still has the values that it repeated of the input.
  const { message } = error.cause instanceof EcsError ? error.cause : error;
  return refusedMember(message, args, known);
}

/** Whether an argument names a cluster, or something that is looked for in one. */
function isInCluster(argument: string): boolean {
  const name = argument.split('.').findLast((part) => !/^\d+$/.test(part)) ?? '';
  const noun = Object.hasOwn(REFERENCES, name) ? REFERENCES[name]?.noun : undefined;
  return IN_CLUSTER_ARGUMENTS.has(name) || noun === 'Cluster' || (noun !== undefined && IN_CLUSTER.has(noun));
}

/** Arguments that are not references in ECS's own requests. */
const IN_CLUSTER_ARGUMENTS: ReadonlySet<string> = new Set(['clusters', 'serviceName', 'daemonName', 'services']);

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

/**
 * Handles the failure of a read that depends on one argument of the caller.
 * @param named the value of the argument, for one that has several
 */
export function blameFor(argument: string, named?: string): (error: unknown) => never {
  const note = named === undefined ? undefined : `named "${named.slice(0, MOST_CHARACTERS)}"`;
  return (error) => {
    const isAboutIt = error instanceof EcsError && (error.code === 'NOT_FOUND' || error.code === 'INVALID_PARAMETER');
    throw isAboutIt && error.argument === undefined ? error.at(argument, note) : error;
  };
}
