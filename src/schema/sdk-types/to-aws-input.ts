import { clusterNameOf, lastPart, looksLikeArn } from '../../ecs/core/arn.ts';
import { badUserInput } from '../core/errors.ts';
import type { SecretKind } from '../core/overrides.ts';
import { arnTypeOf, readReference } from '../core/reference.ts';
import type { SecretsView } from '../core/secrets.ts';
import type { OperationName, Operations, StructureName } from '../generated/types.ts';
import { refuseMark, refuseMasked, refuseNull } from './mask.ts';
import type { Member, Model } from './sdk-model.ts';
import { referenceRule } from './type-names.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface ToAwsInputOptions {
  /** The region that references must belong to. */
  readonly region: string;
  /** The name of the input in errors; empty if the members are arguments themselves. */
  readonly argument?: string;
  /** Which secrets the caller sees; absent if the input cannot hold what was read. */
  readonly secrets?: Pick<SecretsView, 'shows'>;
}

/** One request being converted for the SDK. */
interface Request {
  readonly model: Model;
  readonly region: string;
  readonly secrets: Pick<SecretsView, 'shows'> | undefined;
  /** Clusters of ids and ARNs in the request, and their paths. */
  readonly clusters: { readonly name: string; readonly path: string }[];
}

/**
 * Converts an `input` (or arguments) that GraphQL coerced to the SDK's input: an explicit null is absent, an empty list
 * stays, and non-members are omitted. Enums are already raw values. Ids become what ECS accepts. If the request names
 * no cluster, the cluster of an id or ARN in it is used.
 * @throws {GraphQLError} BAD_USER_INPUT naming the argument: a masked value, a reference to another kind, region or
 * cluster
 */
export function toAwsInput<Op extends OperationName>(
  model: Model,
  operation: Op,
  input: object,
  { region, argument = 'input', secrets }: ToAwsInputOptions,
): Operations[Op]['input'] {
  const request: Request = { model, region, secrets, clusters: [] };
  const members = model.request(operation).filter(({ name }) => name !== 'clientToken');
  const result = toStructure(request, operation, members, input as Fields, argument);
  if (members.some(({ name }) => name === 'cluster')) addCluster(request, result, argument);
  return result as Operations[Op]['input'];
}

/** Adds the cluster of the request's references; all must be in one cluster. */
function addCluster({ clusters }: Request, result: Record<string, unknown>, argument: string): void {
  const named = typeof result.cluster === 'string' ? clusterNameOf(result.cluster) : undefined;
  const [first] = clusters;
  const wanted = named ?? first?.name;
  const other = clusters.find(({ name }) => name !== wanted);
  if (other !== undefined && named !== undefined) {
    const cluster = argument === '' ? 'cluster' : `${argument}.cluster`;
    throw badUserInput(other.path, `is in cluster "${other.name}", but "${cluster}" names another`);
  }
  if (other !== undefined) throw badUserInput(other.path, `is in cluster "${other.name}", but others are not`);
  if (named === undefined && wanted !== undefined) result.cluster = wanted;
}

/**
 * The input with the cluster `default` where ECS requires a cluster and the caller named none, as ECS itself does for
 * its other operations.
 */
export function withDefaultCluster<Op extends OperationName>(
  model: Model,
  operation: Op,
  input: Operations[Op]['input'],
): Operations[Op]['input'] {
  const isRequired = model.request(operation).some(({ name, required }) => name === 'cluster' && required);
  return isRequired && !('cluster' in input) ? { ...input, cluster: 'default' } : input;
}

function toStructure(
  request: Request,
  owner: OperationName | StructureName,
  members: readonly Member[],
  value: Fields,
  path: string,
  within?: SecretKind,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const member of members) {
    const item = value[member.name];
    const itemPath = path ? `${path}.${member.name}` : member.name;
    if (item === null && request.secrets !== undefined) refuseNull(member, value, request.secrets, itemPath);
    if (item === undefined || item === null) continue;
    result[member.name] =
      Array.isArray(item) && member.list
        ? item.map((element, index) => toValue(request, owner, member, element, `${itemPath}.${index}`, within))
        : toValue(request, owner, member, item, itemPath, within);
  }
  return result;
}

function toValue(
  request: Request,
  owner: OperationName | StructureName,
  member: Member,
  value: unknown,
  path: string,
  within?: SecretKind,
): unknown {
  const { type, secret } = member;
  const kind = secret ?? within;
  if (type.kind === 'structure') {
    const members = request.model.structure(type.name);
    refuseMasked(members, value as Fields, secret !== undefined, path);
    if (request.model.secretStructures.has(type.name)) requireAll(members, value as Fields, path);
    return toStructure(request, type.name, members, value as Fields, path, kind);
  }
  if (kind !== undefined && request.secrets !== undefined) refuseMark(kind, value, request.secrets, path);
  if (isReference(owner, member)) return toReference(request, owner, member, String(value), path);
  return value;
}

/** The schema does not require members that may be masked. */
function requireAll(members: readonly Member[], value: Fields, path: string): void {
  const missing = members.find(({ name, required }) => required && (value[name] ?? null) === null);
  if (missing !== undefined) throw badUserInput(`${path}.${missing.name}`, 'is required');
}

/** Whether a member of a request is a string that names a noun. */
export function isReference(owner: string, { name, type }: Member): boolean {
  return type.name === 'String' && referenceRule(owner, name) !== undefined;
}

function toReference(request: Request, owner: string, member: Member, text: string, path: string): string {
  const rule = referenceRule(owner, member.name);
  if (rule === undefined) return text;
  const { text: named, cluster } = readReference(request.region, path, rule.noun && arnTypeOf(rule.noun), text);
  if (cluster !== undefined && rule.noun !== 'Cluster') request.clusters.push({ name: cluster, path });
  return rule.send === 'name' && looksLikeArn(named) ? lastPart(named) : named;
}
