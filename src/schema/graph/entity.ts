import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import { clusterArnBeside, clusterNameOf, type EcsArn, isUnique, looksLikeArn, parseArn } from '../../ecs/core/arn.ts';
import { type EntityKind, type EntityShapes, homeOf } from '../../ecs/core/describe-specs.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import { exampleArn, type Reference, readReference } from '../core/reference.ts';
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
      // A family alone tells no revision.
      return parsed === undefined ? {} : { taskDefinitionArn: arn, ...revisionOf(name) };
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
 * Which cluster and id a look-up by id, ARN or name means. Ids and newer ARNs tell their own cluster; a `cluster` argument beside
 * one must be the same. By its name it is in one batch with what links lead to.
 * @throws {GraphQLError} BAD_USER_INPUT naming the argument
 */
export function lookUpTarget(
  context: GraphContext,
  argument: string,
  type: string,
  text: string,
  cluster: string | null | undefined,
): { readonly id: string; readonly cluster: string } {
  const named = cluster == null ? undefined : clusterNameOf(checkedName(context, 'cluster', 'cluster', cluster));
  const { text: id, cluster: own } = checkedReference(context, argument, type, text);
  if (own !== undefined && named !== undefined && named !== own)
    throw badUserInput(argument, `is in cluster "${own}", but argument "cluster" names another`);
  return { id, cluster: own ?? named ?? 'default' };
}

/**
 * A name or ARN for what a caller named by id, ARN or name, if ECS could make sense of it here.
 * @throws {GraphQLError} BAD_USER_INPUT naming the argument
 */
export function checkedName(context: GraphContext, argument: string, type: string, text: string): string {
  return checkedReference(context, argument, type, text).text;
}

function checkedReference(context: GraphContext, argument: string, type: string, text: string): Reference {
  if (text === '') throw badUserInput(argument, 'must not be empty');
  const { region } = context.ecs.scope;
  const reference = readReference(region, argument, type, text);
  if (!looksLikeArn(reference.text) && !/^[\w.:/-]{1,400}$/.test(reference.text))
    throw badUserInput(argument, `is neither an id, nor a name, nor an ARN such as ${exampleArn(region, type)}`);
  const arn = parseArn(reference.text);
  if (arn !== undefined) checkOwner(context, argument, arn);
  return reference;
}

/** @throws {GraphQLError} BAD_USER_INPUT naming the argument whose ARN is known to be of another account or partition */
export function checkOwner(context: GraphContext, argument: string, arn: EcsArn): void {
  const elsewhere = context.ecs.contradiction(arn);
  if (elsewhere !== undefined) throw badUserInput(argument, `is in ${elsewhere}, which this gateway does not serve`);
}

/**
 * As `checkedName`, of what ECS knows by its ARN alone.
 * @throws {GraphQLError} BAD_USER_INPUT naming the argument
 */
export function checkedArn(context: GraphContext, argument: string, type: string, text: string): string {
  const name = checkedName(context, argument, type, text);
  if (!looksLikeArn(name))
    throw badUserInput(argument, `is neither an id nor an ARN such as ${exampleArn(context.ecs.scope.region, type)}`);
  return name;
}
