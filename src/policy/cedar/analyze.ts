import type { ActionConstraint, EntityUidJson, PolicyJson, TypeAndId } from '@cedar-policy/cedar-wasm/web';
import type { Principal } from '../../auth/principal.ts';
import { parseArn } from '../../ecs/core/arn.ts';
import { ACTIONS, type ActionName, type ResourceType } from '../model/actions.ts';
import { clusterIn, type Resource, type Uid } from '../model/resource.ts';
import { NAMESPACE } from './schema.ts';

/** The facts that a policy depends on: decisions are cached by these alone. */
export interface PolicyFacts {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** Whether it has `when` or `unless`. */
  readonly isConditional: boolean;
  /** Tags of the resource that it reads; `all` if the name of a tag is computed. */
  readonly tags: ReadonlySet<string> | 'all';
  /** Resources that it names in its scope or conditions, as `Type::id`. */
  readonly named: ReadonlySet<string>;
  /** Whether a condition reads the principal itself. */
  readonly readsUser: boolean;
  /** Whether a condition reads the members that a write sets. */
  readonly readsContext: boolean;
  /** Whether its scope includes a principal. */
  readonly isAboutPrincipal: (principal: Principal) => boolean;
  readonly isAboutAction: (action: ActionName) => boolean;
  /** False only if its scope certainly does not cover a resource. */
  readonly mayCover: (resource: Resource) => boolean;
  /** Whether its scope certainly covers a resource. */
  readonly covers: (resource: Resource) => boolean;
}

export function analyze(id: string, policy: PolicyJson): PolicyFacts {
  const { effect, principal, action, resource, conditions } = policy;
  const tags = new Set<string>();
  const named = new Set<string>();
  let isComputed = false;
  let readsContext = false;
  let readsUser = principal.op === '==';
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const record = node as Readonly<Record<string, unknown>>;
    const tag = (record.getTag ?? record.hasTag) as { readonly right: { readonly Value?: unknown } } | undefined;
    if (tag !== undefined && typeof tag.right.Value === 'string') tags.add(tag.right.Value);
    else if (tag !== undefined) isComputed = true;
    if (record.Var === 'principal') readsUser = true;
    if (record.Var === 'context') readsContext = true;
    const uid = uidIn(record);
    if (uid !== undefined) named.add(keyOf(uid));
    for (const part of Object.values(record)) visit(part);
  };
  for (const condition of conditions) visit(condition);
  visit(resource);
  return {
    id,
    effect,
    isConditional: conditions.length > 0,
    tags: isComputed ? 'all' : tags,
    named,
    readsUser,
    readsContext,
    isAboutPrincipal: principalTest(principal),
    isAboutAction: actionTest(action),
    ...resourceTests(resource),
  };
}

export function keyOf({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}::${id}`;
}

/** An entity in a policy's JSON, without our namespace. */
function uidIn(record: Readonly<Record<string, unknown>>): Uid | undefined {
  const { type, id } = (record.__entity ?? record) as Partial<TypeAndId>;
  if (typeof type !== 'string' || typeof id !== 'string') return undefined;
  return { type: type.replace(`${NAMESPACE}::`, '') as ResourceType, id };
}

function uidOf(entity: EntityUidJson): Uid {
  return uidIn(entity as never) ?? { type: 'Account', id: '' };
}

function principalTest(scope: PolicyJson['principal']): PolicyFacts['isAboutPrincipal'] {
  if (scope.op === 'All' || scope.op === 'is') {
    if (scope.op === 'All' || scope.in === undefined) return () => true;
    return inPrincipal(scope.in);
  }
  return inPrincipal(scope, scope.op === '==');
}

function inPrincipal(scope: object, isExact = false): PolicyFacts['isAboutPrincipal'] {
  const { id, type } = uidOf((scope as { readonly entity: EntityUidJson }).entity) as { id: string; type: string };
  if (type === 'User') return ({ name }) => name === id;
  return ({ roles = [] }) => !isExact && type === 'Role' && roles.includes(id);
}

function actionTest(scope: ActionConstraint): PolicyFacts['isAboutAction'] {
  if (scope.op === 'All') return () => true;
  const entities = 'entities' in scope ? scope.entities : 'entity' in scope ? [scope.entity] : [];
  const ids = new Set(entities.map((entity) => uidOf(entity).id));
  return (action) => ids.has(action) || ids.has(ACTIONS[action].group);
}

function resourceTests(scope: PolicyJson['resource']): Pick<PolicyFacts, 'mayCover' | 'covers'> {
  if (scope.op === 'All') return { mayCover: () => true, covers: () => true };
  if (scope.op === 'is') {
    const type = scope.entity_type.replace(`${NAMESPACE}::`, '');
    const inner = scope.in === undefined ? undefined : entityTests(scope.in, false);
    return {
      mayCover: (resource) => resource.type === type && (inner?.mayCover(resource) ?? true),
      covers: (resource) => resource.type === type && (inner?.covers(resource) ?? true),
    };
  }
  return entityTests(scope, scope.op === '==');
}

/** Whether an entity, and all below it, is certainly in another account or region than `<account>/<region>`. */
function isElsewhere({ type, id }: Uid, place: string): boolean {
  if (type === 'Account') return id !== '' && !place.startsWith(`${id}/`);
  if (type === 'Region') return id !== place;
  const arn = parseArn(id);
  return arn !== undefined && `${arn.account}/${arn.region}` !== place;
}

function entityTests(scope: object, isExact: boolean): Pick<PolicyFacts, 'mayCover' | 'covers'> {
  const uid = uidOf((scope as { readonly entity: EntityUidJson }).entity);
  const key = keyOf(uid);
  const isSelf = (resource: Resource) => resource.isAny !== true && keyOf(resource) === key;
  const covers = (resource: Resource) =>
    isSelf(resource) || (!isExact && resource.parents.some((parent) => keyOf(parent) === key));
  const cluster = clusterIn(uid.id);
  return {
    covers,
    mayCover(resource) {
      if (covers(resource)) return true;
      const region = resource.parents.find(({ type }) => type === 'Region')?.id;
      if (region !== undefined && isElsewhere(uid, region)) return false;
      // The id of the resource, or the service of a task, is unknown.
      const mayBeSelf = resource.isAny === true && (uid.type === resource.type || !isExact);
      const mayBeInService = !isExact && resource.type === 'Task' && uid.type === 'Service';
      if (!mayBeSelf && !mayBeInService) return false;
      const own = resource.parents.find(({ type }) => type === 'Cluster')?.id;
      return own === undefined || cluster === undefined || own === cluster;
    },
  };
}
