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
  if (argument === undefined) {
    const member = MAY_NAME_MEMBERS.has(error.code) ? memberIn(error.message, args) : undefined;
    return member === undefined ? error : error.at(`${prefix}${member}`);
  }
  if (error.code !== 'NOT_FOUND') return error;
  return error.at(argument && `${prefix}${argument}`, note);
}

/** Codes of refusals whose message may say which member is meant. */
const MAY_NAME_MEMBERS: ReadonlySet<string> = new Set(['INVALID_PARAMETER', 'NOT_FOUND', 'FAILED_PRECONDITION']);

/** Members that ECS wants although the caller left them out, by the words of its messages. */
const MISSED: readonly (readonly [RegExp, string])[] = [
  [/network configuration must be provided/i, 'networkConfiguration'],
  [/taskdefinition (can ?not|must not) be (blank|null|empty)/i, 'taskDefinition'],
];

/** The member that a message of ECS names: `TaskDefinition not found.`, `desiredCount must not be negative`. The longest wins. */
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

/** What a read found; where something that the caller named does not exist, the error names the argument. */
export async function blaming<T>(read: Promise<T>, args: object, note?: string): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw blame(error, args, note);
  }
}
