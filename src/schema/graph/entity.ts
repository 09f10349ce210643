import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import { clusterArnBeside, clusterNameOf, isUnique, looksLikeArn, parseArn } from '../../ecs/core/arn.ts';
import { type EntityKind, type EntityShapes, homeOf } from '../../ecs/core/describe-specs.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { selectedMembers } from './selection.ts';

/** Where a thing is: an ARN that ECS itself gave out, and its cluster where the ARN (an old one) may not say. */
export interface EntityRef {
  readonly arn: string;
  readonly clusterArn?: string | undefined;
}

/** A thing that the list of a cluster names. */
export function refIn(cluster: string, arn: string): EntityRef {
  const parsed = isUnique(arn) ? undefined : parseArn(arn);
  return parsed === undefined ? { arn } : { arn, clusterArn: clusterArnBeside(parsed, clusterNameOf(cluster)) };
}

export type Known = Readonly<Record<string, unknown>>;

/** What an ARN tells by itself, in the shape of what Describe would tell. */
export function knownFromArn(kind: EntityKind, { arn, clusterArn }: EntityRef): Known {
  const parsed = parseArn(arn);
  const cluster = clusterArn ?? (parsed?.cluster && clusterArnBeside(parsed, parsed.cluster));
  const inCluster = cluster ? { clusterArn: cluster } : {};
  const name = parsed?.name ?? arn;
  switch (kind) {
    case 'Cluster':
      return parsed === undefined ? { clusterName: arn } : { clusterArn: arn, clusterName: name };
    case 'Service':
      return { serviceArn: arn, serviceName: name, ...inCluster };
    case 'Task':
      return { taskArn: arn, ...inCluster };
    case 'ContainerInstance':
      return { containerInstanceArn: arn, ...inCluster };
    case 'TaskDefinition':
      return { taskDefinitionArn: arn, ...revisionOf(name) };
    case 'DaemonTaskDefinition':
      return { daemonTaskDefinitionArn: arn, ...revisionOf(name) };
    case 'CapacityProvider':
      return parsed === undefined ? { name } : { capacityProviderArn: arn, name };
    case 'ServiceDeployment':
      return { serviceDeploymentArn: arn, ...ownerOf(arn), ...inCluster };
    case 'ServiceRevision':
      return { serviceRevisionArn: arn, ...ownerOf(arn), ...inCluster };
    case 'TaskSet':
      return { taskSetArn: arn, id: name.slice(name.indexOf('/') + 1), ...ownerOf(arn), ...inCluster };
    case 'Daemon':
      return { daemonArn: arn, ...inCluster };
    case 'DaemonDeployment':
      return { daemonDeploymentArn: arn, ...inCluster };
    case 'DaemonRevision':
      return { daemonRevisionArn: arn, ...ownerOf(arn), ...inCluster };
    case 'ExpressGatewayService':
      return { serviceArn: arn, serviceName: name, ...(parsed?.cluster && { cluster: parsed.cluster }) };
    case 'Gateway':
      return { gatewayArn: arn, name: name.split('/')[0] };
    case 'GatewayRoute':
      return { gatewayRouteArn: arn };
  }
}

function revisionOf(name: string): Known {
  const colon = name.lastIndexOf(':');
  return { family: name.slice(0, colon), revision: Number(name.slice(colon + 1)) };
}

/** `arn:...:service-deployment/<cluster>/<service>/<id>` names its service, and so do revisions, task sets and those of daemons. */
export function ownerOf(arn: string): { readonly serviceArn?: string; readonly daemonArn?: string } {
  const match = /^(arn:[^/]*:)(?:(service|daemon)-(?:deployment|revision)|task-set)(\/[^/]+\/[^/]+)\/.+$/.exec(arn);
  if (match === null) return {};
  const [, prefix, owner = 'service', path] = match;
  return { [`${owner}Arn`]: `${prefix}${owner}${path}` };
}

/**
 * A thing that ECS itself refers to, as far as the selected members need it: where its ARN tells them all, ECS is not asked.
 * Null where ECS says there is none.
 * @param told what a list has told of it beside its ARN
 */
export function resolveEntity<Kind extends EntityKind>(
  context: GraphContext,
  kind: Kind,
  ref: EntityRef,
  members: ReadonlySet<string>,
  told: Known = {},
): Promise<EntityShapes[Kind] | null> {
  const known = { ...knownFromArn(kind, ref), ...told };
  const isAll =
    members.size <= Object.keys(known).length && [...members].every((member) => Object.hasOwn(known, member));
  if (isAll) return Promise.resolve(known as EntityShapes[Kind]);
  return context.loaders.of(kind).load({ id: ref.arn, cluster: homeOf(kind, ref.arn, ref.clusterArn), members });
}

/** A root look-up by name or ARN: always asks ECS, because it answers whether there is such a thing. */
export function lookUp<Kind extends EntityKind>(
  context: GraphContext,
  info: GraphQLResolveInfo,
  kind: Kind,
  target: { readonly id: string; readonly cluster?: string | undefined },
): Promise<EntityShapes[Kind] | null> {
  const members = selectedMembers(info, info.schema.getType(kind) as GraphQLObjectType);
  return context.loaders.of(kind).load({ ...target, members });
}

/** As `resolveEntity`, for a link's resolver: the members are those that the operation selects below it. */
export function resolveLink<Kind extends EntityKind>(
  context: GraphContext,
  info: GraphQLResolveInfo,
  kind: Kind,
  ref: EntityRef,
  told?: Known,
): Promise<EntityShapes[Kind] | null> {
  return resolveEntity(context, kind, ref, selectedMembers(info, info.schema.getType(kind) as GraphQLObjectType), told);
}

/**
 * Which cluster and id a look-up by name or ARN means. A newer ARN names its own cluster; a `cluster` argument beside it
 * must be the same one. By its name it is in one batch with what links lead to.
 * @throws BAD_USER_INPUT naming the argument
 */
export function lookUpTarget(
  context: GraphContext,
  argument: string,
  type: string,
  id: string,
  cluster: string | null | undefined,
): { readonly id: string; readonly cluster: string } {
  const named = cluster == null ? undefined : checkedName(context, 'cluster', 'cluster', cluster);
  const arn = parseArn(checkedName(context, argument, type, id));
  if (arn?.cluster === undefined) return { id, cluster: named ?? 'default' };
  if (named !== undefined && clusterNameOf(named) !== arn.cluster) {
    throw badUserInput(argument, `is an ARN in cluster "${arn.cluster}", but argument "cluster" names another`);
  }
  return { id, cluster: arn.cluster };
}

/**
 * A name or ARN as a caller gave it, if ECS could make sense of it here.
 * @throws BAD_USER_INPUT naming the argument
 */
export function checkedName(context: GraphContext, argument: string, type: string, text: string): string {
  if (text === '') throw badUserInput(argument, 'must not be empty');
  if (!looksLikeArn(text)) {
    if (!/^[\w.:/-]{1,400}$/.test(text))
      throw badUserInput(argument, `is neither a name nor an ARN such as ${exampleArn(context, type)}`);
    return text;
  }
  const arn = parseArn(text);
  if (arn === undefined)
    throw badUserInput(argument, `is not a well-formed ECS ARN such as ${exampleArn(context, type)}`);
  if (arn.type !== type) throw badUserInput(argument, `is the ARN of a ${arn.type}, not of a ${type}`);
  checkedRegion(context, argument, arn.region);
  return text;
}

/**
 * As `checkedName`, of what ECS knows by its ARN alone.
 * @throws BAD_USER_INPUT naming the argument
 */
export function checkedArn(context: GraphContext, argument: string, type: string, text: string): string {
  if (text !== '' && !looksLikeArn(text))
    throw badUserInput(argument, `is not an ARN such as ${exampleArn(context, type)}`);
  return checkedName(context, argument, type, text);
}

function exampleArn(context: GraphContext, type: string): string {
  return `arn:aws:ecs:${context.ecs.scope.region}:<account>:${type}/${EXAMPLES[type] ?? '<cluster>/<name>'}`;
}

/** What follows the type in ARNs, where that is not a cluster and a name. */
const EXAMPLES: Readonly<Record<string, string>> = {
  cluster: '<name>',
  'task-definition': '<name>',
  'service-deployment': '<cluster>/<service>/<id>',
  'service-revision': '<cluster>/<service>/<id>',
  'daemon-deployment': '<cluster>/<daemon>/<id>',
  'daemon-revision': '<cluster>/<daemon>/<id>',
  'gateway-route': '<gateway>/<id>',
};

/** @throws BAD_USER_INPUT naming the argument whose ARN is of another region */
export function checkedRegion(context: GraphContext, argument: string, inArn: string): void {
  const { region } = context.ecs.scope;
  if (inArn !== region) throw badUserInput(argument, `is in region ${inArn}; this gateway serves ${region}`);
}
