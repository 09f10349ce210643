import { GraphQLID, type GraphQLObjectType, type GraphQLResolveInfo, getNamedType, isNonNullType } from 'graphql';
import { clusterArnBeside, clusterNameOf, type EcsArn, isUnique, looksLikeArn, parseArn } from '../../ecs/core/arn.ts';
import { type EntityKind, type EntityShapes, homeOf } from '../../ecs/core/describe-specs.ts';
import { blameFor } from '../core/blame.ts';
import type { GraphContext } from '../core/context.ts';
import { badUserInput } from '../core/errors.ts';
import type { MaybePromise } from '../core/maybe-promise.ts';
import { exampleArn, type Reference, readReference } from '../core/reference.ts';
import { selectedMembers } from './selection.ts';

/** Reference to a resource: an ARN that ECS returned, and the cluster if the (old) ARN may lack it. */
export interface EntityRef {
  readonly arn: string;
  readonly clusterArn?: string | undefined;
}

/** A resource in the list of a cluster. */
export function refIn(cluster: string, arn: string): EntityRef {
  const parsed = isUnique(arn) ? undefined : parseArn(arn);
  return parsed === undefined ? { arn } : { arn, clusterArn: clusterArnBeside(parsed, clusterNameOf(cluster)) };
}

export type Known = Readonly<Record<string, unknown>>;

/** The members that follow from an ARN alone, in the shape of a Describe answer. */
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
      // A family alone has no revision.
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

/** Every member that `knownFromArn` can return, of any kind. */
export const IN_ARNS: ReadonlySet<string> = new Set([
  'capacityProviderArn',
  'cluster',
  'clusterArn',
  'clusterName',
  'containerInstanceArn',
  'daemonArn',
  'daemonDeploymentArn',
  'daemonRevisionArn',
  'daemonTaskDefinitionArn',
  'family',
  'gatewayArn',
  'gatewayRouteArn',
  'id',
  'name',
  'revision',
  'serviceArn',
  'serviceDeploymentArn',
  'serviceName',
  'serviceRevisionArn',
  'taskArn',
  'taskDefinitionArn',
  'taskSetArn',
]);

function revisionOf(name: string): Known {
  const colon = name.lastIndexOf(':');
  return { family: name.slice(0, colon), revision: Number(name.slice(colon + 1)) };
}

/**
 * `arn:...:service-deployment/<cluster>/<service>/<id>` contains its service, and so do the ARNs of revisions, task
 * sets, and those of daemons.
 */
export function ownerOf(arn: string): { readonly serviceArn?: string; readonly daemonArn?: string } {
  const match = /^(arn:[^/]*:)(?:(service|daemon)-(?:deployment|revision)|task-set)(\/[^/]+\/[^/]+)\/.+$/.exec(arn);
  if (match === null) return {};
  const [, prefix, owner = 'service', path] = match;
  return { [`${owner}Arn`]: `${prefix}${owner}${path}` };
}

/**
 * Resolves a resource that ECS refers to, with the selected members: if its ARN contains all of them, ECS is not
 * called. Null if ECS says that it does not exist.
 * @param listed members from a list, beside its ARN
 */
export function resolveEntity<Kind extends EntityKind>(
  context: GraphContext,
  kind: Kind,
  ref: EntityRef,
  members: ReadonlySet<string>,
  listed: Known = NOTHING,
): MaybePromise<EntityShapes[Kind] | null> {
  const { access } = context;
  const denied = access?.deniedByName(kind, ref.arn, ref.clusterArn);
  if (denied !== undefined) return denied as EntityShapes[Kind];
  // Lists contain the same ARNs thousands of times, so an ARN is parsed only if that can save a call.
  if (every(members, (member) => IN_ARNS.has(member) || Object.hasOwn(listed, member))) {
    const known = { ...knownFromArn(kind, ref), ...listed };
    const isKnown = (member: string) => Object.hasOwn(known, member);
    // Of a name alone, policies cannot decide.
    const isDecidable = access === undefined || (looksLikeArn(ref.arn) && access.membersFor(kind).every(isKnown));
    if (isDecidable && every(members, isKnown)) return known as EntityShapes[Kind];
  }
  const loader = context.loaders.of(kind);
  const { arn: id, clusterArn } = ref;
  return loader.found(id, members) ?? loader.load({ id, cluster: homeOf(kind, id, clusterArn), members });
}

const NOTHING: Known = {};

function every(members: ReadonlySet<string>, isSo: (member: string) => boolean): boolean {
  for (const member of members) if (!isSo(member)) return false;
  return true;
}

/**
 * A root look-up by name or ARN. It always calls ECS, because it answers whether the resource exists. A refusal names
 * the argument.
 */
export function lookUp<Kind extends EntityKind>(
  context: GraphContext,
  info: GraphQLResolveInfo,
  kind: Kind,
  target: { readonly id: string; readonly cluster?: string | undefined },
): Promise<EntityShapes[Kind] | null> {
  const denied = context.access?.deniedByName(kind, target.id, target.cluster);
  if (denied !== undefined) return Promise.resolve(denied as EntityShapes[Kind]);
  const members = selectedMembers(info, info.schema.getType(kind) as GraphQLObjectType);
  const found = context.loaders.of(kind).load({ ...target, members });
  const argument = referenceIn(info);
  return argument === undefined ? found : found.catch(blameFor(argument));
}

/** The argument of a root look-up that names the resource: the only one that is required, or the only one. */
function referenceIn({ parentType, fieldName }: GraphQLResolveInfo): string | undefined {
  if (parentType.name !== 'Query') return undefined;
  const ids = (parentType.getFields()[fieldName]?.args ?? []).filter(({ type }) => getNamedType(type) === GraphQLID);
  return (ids.find(({ type }) => isNonNullType(type)) ?? ids[0])?.name;
}

/** Like `resolveEntity`, for a link's resolver: the members are those that the operation selects below it. */
export function resolveLink<Kind extends EntityKind>(
  context: GraphContext,
  info: GraphQLResolveInfo,
  kind: Kind,
  ref: EntityRef,
  listed?: Known,
): MaybePromise<EntityShapes[Kind] | null> {
  return resolveEntity(
    context,
    kind,
    ref,
    selectedMembers(info, info.schema.getType(kind) as GraphQLObjectType),
    listed,
  );
}

/**
 * The cluster and id of a look-up by id, ARN or name. Ids and newer ARNs contain their cluster; a `cluster` argument
 * beside one must be equal. Look-ups by name share batches with links.
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
 * The name or ARN of what a caller named by id, ARN or name, if it can be valid here.
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

/** @throws {GraphQLError} BAD_USER_INPUT naming the argument if its ARN belongs to another account or partition */
export function checkOwner(context: GraphContext, argument: string, arn: EcsArn): void {
  const elsewhere = context.ecs.contradiction(arn);
  if (elsewhere !== undefined) throw badUserInput(argument, `is in ${elsewhere}, which this gateway does not serve`);
}

/**
 * Like `checkedName`, for resources that ECS identifies only by ARN.
 * @throws {GraphQLError} BAD_USER_INPUT naming the argument
 */
export function checkedArn(context: GraphContext, argument: string, type: string, text: string): string {
  const name = checkedName(context, argument, type, text);
  if (!looksLikeArn(name))
    throw badUserInput(argument, `is neither an id nor an ARN such as ${exampleArn(context.ecs.scope.region, type)}`);
  return name;
}
