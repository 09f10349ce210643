import type { GraphQLError } from 'graphql';
import { clusterArnBeside, lastPart, looksLikeArn, parseArn } from '../../ecs/core/arn.ts';
import { arnOf } from '../../ecs/core/describe-specs.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput, notFound } from '../core/errors.ts';
import type { NounName } from '../core/overrides.ts';
import { arnTypeOf, exampleArn, readReference } from '../core/reference.ts';
import type { OperationName, Operations } from '../generated/types.ts';
import type { Model } from './sdk-model.ts';
import { isReference } from './to-aws-input.ts';
import { referenceRule } from './type-names.ts';

/** Nouns that a name alone identifies. */
const BY_NAME: ReadonlySet<NounName> = new Set([
  'CapacityProvider',
  'Cluster',
  'DaemonTaskDefinition',
  'TaskDefinition',
]);
/** Nouns that a name identifies within a cluster. */
const IN_CLUSTER: ReadonlySet<NounName> = new Set(['Daemon', 'ExpressGatewayService']);

/**
 * Replaces names by ARNs in members of a request for which ECS accepts no names. Costs one Describe call for each name.
 * @throws {GraphQLError} NOT_FOUND, or BAD_USER_INPUT for nouns without names
 */
export async function expandNames<Op extends OperationName>(
  context: GraphContext,
  model: Model,
  operation: Op,
  input: Operations[Op]['input'],
  argument = 'input',
): Promise<Operations[Op]['input']> {
  const members = model.request(operation).filter((member) => isReference(operation, member));
  const result: Record<string, unknown> = { ...input };
  for (const { name } of members) {
    const rule = referenceRule(operation, name);
    const value = result[name];
    if (rule?.send !== 'arn' || value === undefined) continue;
    const path = argument === '' ? name : `${argument}.${name}`;
    const expand = (text: string, at: string) => (looksLikeArn(text) ? text : arnOfName(context, rule.noun, text, at));
    result[name] = Array.isArray(value)
      ? await Promise.all(value.map((text: string, index) => expand(text, `${path}.${index}`)))
      : await expand(value as string, path);
  }
  return result as Operations[Op]['input'];
}

/**
 * The ARN of a resource that a caller named by id, ARN or name.
 * @throws {GraphQLError} NOT_FOUND or BAD_USER_INPUT
 */
export async function arnOfReference(
  context: GraphContext,
  noun: NounName,
  argument: string,
  text: string,
): Promise<string> {
  const { text: named } = readReference(context.ecs.scope.region, argument, arnTypeOf(noun), text);
  return looksLikeArn(named) ? named : arnOfName(context, noun, named, argument);
}

async function arnOfName(
  context: GraphContext,
  noun: NounName | undefined,
  name: string,
  path: string,
): Promise<string> {
  if (noun === undefined) throw needsArn(context, undefined, path);
  const words = arnTypeOf(noun).replaceAll('-', ' ');
  if (IN_CLUSTER.has(noun)) {
    const cluster = parseArn(await arnOfName(context, 'Cluster', 'default', path));
    if (cluster !== undefined)
      return clusterArnBeside(cluster, cluster.name)
        .replace(':cluster/', `:${arnTypeOf(noun)}/`)
        .concat(`/${name}`);
  }
  if (!BY_NAME.has(noun)) throw needsArn(context, arnTypeOf(noun), path);
  const found = await context.loaders.of(noun).load({ id: name, members: [] });
  const arn = found === null ? undefined : arnOf(noun, found);
  if (arn === undefined) throw notFound(path, `There is no ${words} "${lastPart(name)}".`);
  return arn;
}

function needsArn(context: GraphContext, type: string | undefined, path: string): GraphQLError {
  return badUserInput(path, `is neither an id nor an ARN such as ${exampleArn(context.ecs.scope.region, type)}`);
}
