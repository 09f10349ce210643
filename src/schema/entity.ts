import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import { clusterArnBeside, clusterNameOf, looksLikeArn, parseArn } from '../ecs/arn.ts';
import type { EntityKind, EntityShapes } from '../ecs/kinds.ts';
import type { GraphContext } from './context.ts';
import { badUserInput } from './errors.ts';
import { selectedMembers } from './selection.ts';

/** Where a thing is: an ARN that ECS itself gave out, and its cluster where the ARN (an old one) may not say. */
export interface EntityRef {
  readonly arn: string;
  readonly clusterArn?: string | undefined;
}

type Known = Readonly<Record<string, unknown>>;

/** What an ARN tells by itself, in the shape of what Describe would tell. */
export function knownFromArn(kind: EntityKind, { arn, clusterArn }: EntityRef): Known {
  const parsed = parseArn(arn);
  const cluster = clusterArn ?? (parsed?.cluster && clusterArnBeside(parsed, parsed.cluster));
  const inCluster = cluster ? { clusterArn: cluster } : {};
  const name = parsed?.name ?? arn;
  switch (kind) {
    case 'Cluster':
      return { clusterArn: arn, clusterName: name };
    case 'Service':
      return { serviceArn: arn, serviceName: name, ...inCluster };
    case 'Task':
      return { taskArn: arn, ...inCluster };
    case 'ContainerInstance':
      return { containerInstanceArn: arn, ...inCluster };
    case 'TaskDefinition': {
      const colon = name.lastIndexOf(':');
      return { taskDefinitionArn: arn, family: name.slice(0, colon), revision: Number(name.slice(colon + 1)) };
    }
    case 'CapacityProvider':
      return parsed === undefined ? { name } : { capacityProviderArn: arn, name };
    case 'ServiceDeployment':
      return { serviceDeploymentArn: arn, ...serviceOf(arn), ...inCluster };
    case 'ServiceRevision':
      return { serviceRevisionArn: arn, ...serviceOf(arn), ...inCluster };
  }
}

/** `arn:...:service-deployment/<cluster>/<service>/<id>` names its service. */
function serviceOf(arn: string): Known {
  const match = /^(arn:[^/]*:)service-(?:deployment|revision)(\/[^/]+\/[^/]+)\/[^/]+$/.exec(arn);
  return match === null ? {} : { serviceArn: `${match[1]}service${match[2]}` };
}

/**
 * A thing that ECS itself refers to, as far as the selected members need it: where its ARN tells them all, ECS is not asked.
 * Null where ECS says there is none.
 */
export async function resolveEntity<Kind extends EntityKind>(
  context: GraphContext,
  kind: Kind,
  ref: EntityRef,
  members: ReadonlySet<string>,
): Promise<EntityShapes[Kind] | null> {
  const known = knownFromArn(kind, ref);
  if ([...members].every((member) => Object.hasOwn(known, member))) return known as EntityShapes[Kind];
  const cluster = clusterOf(known);
  return context.loaders.of(kind).load({ id: ref.arn, cluster, members });
}

/** As `resolveEntity`, for a link's resolver: the members are those that the operation selects below it. */
export function resolveLink<Kind extends EntityKind>(
  context: GraphContext,
  info: GraphQLResolveInfo,
  kind: Kind,
  ref: EntityRef,
): Promise<EntityShapes[Kind] | null> {
  return resolveEntity(context, kind, ref, selectedMembers(info, info.schema.getType(kind) as GraphQLObjectType));
}

/** The kinds that Describe finds in a cluster take its name. */
function clusterOf(known: Known): string | undefined {
  const { clusterArn } = known;
  const ownArn = known['taskArn'] ?? known['serviceArn'] ?? known['containerInstanceArn'];
  if (known['serviceDeploymentArn'] ?? known['serviceRevisionArn']) return undefined;
  return ownArn !== undefined && typeof clusterArn === 'string' ? clusterNameOf(clusterArn) : undefined;
}

/**
 * Which cluster and id a look-up by name or ARN means. A newer ARN names its own cluster; a `cluster` argument beside it
 * must be the same one.
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
  return { id, cluster: named ?? clusterArnBeside(arn, arn.cluster) };
}

/**
 * A name or ARN as a caller gave it, if ECS could make sense of it here.
 * @throws BAD_USER_INPUT naming the argument
 */
export function checkedName(context: GraphContext, argument: string, type: string, text: string): string {
  if (text === '') throw badUserInput(argument, 'must not be empty');
  if (!looksLikeArn(text)) {
    if (!/^[\w.:/-]{1,400}$/.test(text)) throw badUserInput(argument, 'is neither a name nor an ARN');
    return text;
  }
  const arn = parseArn(text);
  if (arn === undefined) throw badUserInput(argument, 'is not a well-formed ECS ARN');
  if (arn.type !== type) throw badUserInput(argument, `is the ARN of a ${arn.type}, not of a ${type}`);
  const { region } = context.ecs.scope;
  if (arn.region !== region) throw badUserInput(argument, `is in region ${arn.region}; this gateway serves ${region}`);
  return text;
}
