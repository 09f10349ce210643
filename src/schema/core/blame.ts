import { EcsError } from '../../ecs/core/errors.ts';

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
 */
export function blame(error: unknown, args: object, note?: string, prefix = ''): unknown {
  if (!(error instanceof EcsError) || error.argument !== undefined) return error;
  const names = NAMED_BY[error.awsCode ?? ''] ?? [];
  const argument = names.find((name) => ((args as Readonly<Record<string, unknown>>)[name] ?? null) !== null);
  if (argument === undefined) {
    const member = MAY_NAME_MEMBERS.has(error.code) ? memberIn(error.message, args) : undefined;
    return member === undefined ? error : error.at(`${prefix}${member}`);
  }
  if (error.code !== 'NOT_FOUND') return error;
  return error.at(argument && `${prefix}${argument}`, note);
}

/** Codes of errors whose messages may name a member. */
const MAY_NAME_MEMBERS: ReadonlySet<string> = new Set(['INVALID_PARAMETER', 'NOT_FOUND', 'FAILED_PRECONDITION']);

/** Members that ECS misses, by the words of its messages. */
const MISSED: readonly (readonly [RegExp, string])[] = [
  [/network configuration must be provided/i, 'networkConfiguration'],
  [/taskdefinition (can ?not|must not) be (blank|null|empty)/i, 'taskDefinition'],
];

/**
 * The member that a message of ECS names: `TaskDefinition not found.`, `desiredCount must not be negative`. The longest
 * match wins.
 */
function memberIn(message: string, args: object): string | undefined {
  const missed = MISSED.find(([words]) => words.test(message));
  if (missed !== undefined) return missed[1];
  const words = message.toLowerCase().replace(/[^a-z0-9]+/g, ' ');
  const isNamed = (member: string) => {
    const spaced = member.replace(/[A-Z]/g, ' $&').toLowerCase();
    return [member.toLowerCase(), spaced].some((name) => ` ${words} `.includes(` ${name} `));
  };
  const given = Object.entries(args).filter(([, value]) => (value ?? null) !== null);
  const [longest] = given
    .map(([member]) => member)
    .filter(isNamed)
    .sort((a, b) => b.length - a.length);
  return longest;
}

/** The result of a read. If a resource that the caller named does not exist, the error names the argument. */
export async function blaming<T>(read: Promise<T>, args: object, note?: string): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw blame(error, args, note);
  }
}
