import type { Principal } from '../../auth/principal.ts';
import { arnOf, type EntityKind, type EntityShapes, KINDS } from '../../ecs/core/describe-specs.ts';
import type { OperationName } from '../../ecs/core/operations.ts';
import type { Decision } from '../../policy/cedar/policy-set.ts';
import { type ActionName, isWrite, writesOn } from '../../policy/model/actions.ts';
import {
  anyOf,
  type Known,
  type Place,
  type Resource,
  regionResource,
  toResource,
  typeOfArn,
} from '../../policy/model/resource.ts';
import type { Policies } from '../../policy/policies.ts';
import { ActionFacts, type Tags } from './action-facts.ts';
import { decidingMembers } from './deciding-members.ts';
import { forbidden } from './forbidden.ts';
import { type AccessReader, readKnown, serviceIn, tagsIn, tagsRead } from './known-facts.ts';
import { resourceTypeOf } from './nouns.ts';
import { namedTargetsOf, targetsOf } from './targets.ts';

/** Called for every refusal, and for every decision about a write. */
export type OnDecision = (decision: Decided) => void;

export interface Decided {
  readonly action: ActionName;
  readonly resource: string;
  readonly decision: Decision;
}

type Maybe<T> = T | Promise<T>;
type Source = Readonly<Record<string, unknown>>;

/** The permissions of one principal during one request or event. Decisions by name or ARN make no call. */
export class Access {
  readonly #policies: Policies;
  readonly #principal: Principal;
  readonly #place: Place;
  readonly #reader: () => AccessReader;
  readonly #fresh: () => AccessReader;
  readonly #readsActions: boolean;
  readonly #policiesOf = new WeakMap<object, readonly string[]>();
  /** Decisions about objects that stand for denied ones, or whose facts had to be read. */
  readonly #decided = new WeakMap<object, Maybe<Decision>>();
  readonly #facts = new Map<EntityKind, Map<ActionName, ActionFacts>>();
  /** The policies that `#facts` were found in. */
  #version: unknown;
  readonly #needs = new Map<EntityKind, readonly string[]>();
  readonly #onDecision: OnDecision | undefined;

  constructor(options: {
    readonly policies: Policies;
    readonly principal: Principal;
    readonly place: Place;
    readonly reader: () => AccessReader;
    /** A reader that bypasses the cache, for writes. */
    readonly fresh: () => AccessReader;
    /** Whether the operation selects `viewerActions`. */
    readonly readsActions: boolean;
    readonly onDecision?: OnDecision | undefined;
  }) {
    this.#policies = options.policies;
    this.#principal = options.principal;
    this.#place = options.place;
    this.#reader = options.reader;
    this.#fresh = options.fresh;
    this.#readsActions = options.readsActions;
    this.#onDecision = options.onDecision;
  }

  /** Whether values of a kind of secret may be read in the Region; undefined where no policy restricts reads. */
  showsSecret(kind: string): boolean | undefined {
    if (!this.#policies.restrictsReads) return undefined;
    return this.#decide('ReadSecrets', regionResource(this.#place), [kind]).isAllowed;
  }

  /** The policies that allowed a write. */
  policiesOf(input: object): readonly string[] {
    return this.#policiesOf.get(input) ?? [];
  }

  /** The targets of a write, as ARNs. */
  targetsOf(operation: OperationName, input: object): readonly string[] {
    return targetsOf(this.#place, operation, input as Source).flatMap((target) => target?.id ?? []);
  }

  /** Members that decisions need in every description of a kind. */
  membersFor(kind: EntityKind): readonly string[] {
    const known = this.#needs.get(kind);
    if (known !== undefined) return known;
    const members = decidingMembers(this.#policies, this.#principal, kind, this.#readsActions);
    this.#needs.set(kind, members);
    return members;
  }

  /**
   * A stand-in for a resource that is certainly denied, regardless of facts not yet read; undefined if it must be read first. The
   * guard treats it as denied.
   */
  deniedByName(kind: EntityKind, nameOrArn: string, cluster: string | undefined): object | undefined {
    const action = KINDS[kind].operation;
    const facts = this.#factsOf(kind, action);
    if (facts.fixed?.isAllowed === true) return undefined;
    if (facts.isReadable(nameOrArn, cluster)) return undefined;
    const resource = toResource(this.#place, resourceTypeOf(kind), nameOrArn, { cluster });
    if (resource === undefined) return undefined;
    if (this.#policies.mayAllow(this.#principal, action, resource)) {
      facts.keepReadable(nameOrArn, cluster);
      return undefined;
    }
    const stub = {};
    this.#decided.set(stub, this.#reported(action, resource.id, this.#denial(action, resource)));
    return stub;
  }

  /** Whether a noun may be read. Most decisions need no call; a decision by tags that a list omitted needs a read. */
  read(noun: EntityKind, source: object): Maybe<Decision> {
    const action = KINDS[noun].operation;
    const facts = this.#factsOf(noun, action);
    if (facts.fixed?.isAllowed === true) return facts.fixed;
    const known = this.#decided.get(source);
    if (known !== undefined) return known;
    const ofClass = this.#ofClass(noun, source as Source, action, facts);
    if (ofClass !== undefined) return ofClass;
    const decision = this.#about(noun, source, action, facts);
    this.#decided.set(source, decision);
    return decision;
  }

  /** Whether an action on a noun that was read is allowed. */
  onNoun(noun: EntityKind, source: object, action: ActionName): Maybe<Decision> {
    const facts = this.#factsOf(noun, action);
    return (
      facts.fixed ?? this.#ofClass(noun, source as Source, action, facts) ?? this.#about(noun, source, action, facts)
    );
  }

  /** Whether an action in the Region is allowed. */
  inRegion(action: ActionName): Decision {
    return this.#reported(action, this.#place.region, this.#decide(action, regionResource(this.#place)));
  }

  /**
   * Whether an action on a resource that the caller named is allowed.
   * @param type of the resource; undefined: the type in its ARN
   */
  byName(action: ActionName, type: EntityKind | undefined, nameOrArn: string, cluster?: string): Maybe<Decision> {
    const fixed = this.#policies.fixed(this.#principal, action);
    if (fixed !== undefined) return this.#reported(action, nameOrArn, fixed);
    const resourceType = type === undefined ? typeOfArn(nameOrArn) : resourceTypeOf(type);
    const resource = resourceType && toResource(this.#place, resourceType, nameOrArn, { cluster });
    return this.#afterRead(action, resource, undefined, this.#reader);
  }

  /** Whether every resource of a kind may be read, in the Region or in a cluster. */
  readsAll(noun: EntityKind, cluster?: string): boolean {
    const action = KINDS[noun].operation;
    const fixed = this.#policies.fixed(this.#principal, action);
    if (fixed !== undefined || cluster === undefined) return fixed?.isAllowed === true;
    const type = resourceTypeOf(noun);
    // If only the cluster decides, one decision applies to everything in it.
    if (this.#policies.tagsThatCount(this.#principal, action, type)?.length !== 0) return false;
    return this.#decide(action, anyOf(this.#place, type, cluster)).isAllowed;
  }

  /** False only if no resource of a kind in a cluster (without a cluster: in the Region) can be readable. */
  mayReadAny(noun: EntityKind, cluster: string | undefined): boolean {
    const resource = anyOf(this.#place, resourceTypeOf(noun), cluster);
    return this.#policies.mayAllow(this.#principal, KINDS[noun].operation, resource);
  }

  /** False if no item of a cluster's list can be readable, so that the list is not read. */
  mayListIn(operation: OperationName, cluster: string): boolean {
    const noun = LISTED[operation];
    return noun === undefined || this.mayReadAny(noun, cluster);
  }

  /** Whether a family, or another resource without an id, may be read. */
  mayReadFamily(family: string): Decision {
    const resource = toResource(this.#place, 'Family', family);
    return resource === undefined ? DENIED : this.#decide('ListTaskDefinitions', resource);
  }

  /**
   * Refuses a write unless it is allowed on each of its targets. Their tags are read past the cache.
   * @throws {GraphQLError} FORBIDDEN
   */
  async authorizeWrite(operation: OperationName, input: object): Promise<void> {
    const fields = Object.entries(input)
      .filter(([name, value]) => value !== undefined && name !== 'clientToken')
      .map(([name]) => name)
      .sort();
    const targets = targetsOf(this.#place, operation, input as Source);
    for (const target of targets) {
      const decision = await this.#afterRead(operation, target, fields, this.#fresh);
      if (!decision.isAllowed) throw forbidden(operation, target?.id, decision);
      this.#policiesOf.set(input, [...new Set([...this.policiesOf(input), ...decision.policies])]);
      // Policies may decide by the tags that a create sets.
      if (operation === 'TagResource' || !hasTags(input)) continue;
      const tagging = await this.#afterRead('TagResource', target, ['tags'], this.#fresh);
      if (!tagging.isAllowed) throw forbidden('TagResource', target?.id, tagging);
    }
  }

  /**
   * Refuses a write early if no input could make it allowed. The write itself is decided once its input is complete.
   * @param input names the targets of the write; targets that it omits are not decided here
   * @throws {GraphQLError} FORBIDDEN
   */
  async checkTargets(operation: OperationName, input: object): Promise<void> {
    for (const target of namedTargetsOf(this.#place, operation, input as Source)) {
      const decision = await this.#afterRead(operation, target, undefined, this.#reader);
      if (!decision.isAllowed) throw forbidden(operation, target?.id, decision);
    }
  }

  /** The writes that may be possible on a noun that was read. */
  async writesAllowedOn(noun: EntityKind, source: object): Promise<readonly ActionName[]> {
    const type = resourceTypeOf(noun);
    const decided = await Promise.all(
      writesOn(type).map(async (action) => ({ action, decision: await this.onNoun(noun, source, action) })),
    );
    return decided.filter(({ decision }) => decision.isAllowed).map(({ action }) => action);
  }

  #factsOf(noun: EntityKind, action: ActionName): ActionFacts {
    const { version } = this.#policies;
    if (version !== this.#version) this.#facts.clear();
    this.#version = version;
    let ofNoun = this.#facts.get(noun);
    if (ofNoun === undefined) {
      ofNoun = new Map();
      this.#facts.set(noun, ofNoun);
    }
    let facts = ofNoun.get(action);
    if (facts === undefined) {
      const [policies, principal] = [this.#policies, this.#principal];
      const tagNames = policies.tagsThatCount(principal, action, resourceTypeOf(noun));
      facts = new ActionFacts(policies.fixed(principal, action), policies.needs(principal, action), tagNames);
      ofNoun.set(action, facts);
    }
    return facts;
  }

  /**
   * The decision about an object if only its place and the tags that policies name decide: one decision for all objects
   * with equal ones. Undefined if something else counts, or if the tags must be read first.
   */
  #ofClass(noun: EntityKind, record: Source, action: ActionName, facts: ActionFacts): Decision | undefined {
    const { tagNames, needs } = facts;
    if (tagNames === undefined || needs.service) return undefined;
    const arn = arnIn(noun, record);
    if (arn === undefined) return undefined;
    const tags = needs.tags ? (record.tags ?? tagsRead(noun, arn, this.#reader())) : NO_TAGS;
    if (!Array.isArray(tags)) return undefined;
    const cluster = clusterOf(record);
    let decision = facts.find(arn, cluster, tags);
    if (decision === undefined) {
      const one = toResource(this.#place, resourceTypeOf(noun), arn, { cluster, tags: tagsIn(tags) });
      decision = one === undefined ? DENIED : this.#final(action, one, undefined);
      facts.keep(arn, cluster, tags, decision);
    }
    return this.#reported(action, arn, decision);
  }

  #about(noun: EntityKind, source: object, action: ActionName, { needs }: ActionFacts): Maybe<Decision> {
    const record = source as Source;
    const arn = arnIn(noun, record);
    if (arn === undefined) return this.#reported(action, noun, DENIED);
    const known: Known = {
      cluster: clusterOf(record),
      service: noun === 'Task' ? serviceIn(record.group) : undefined,
      tags: tagsIn(record.tags),
    };
    const resource = toResource(this.#place, resourceTypeOf(noun), arn, known);
    if (resource === undefined) return this.#reported(action, arn, DENIED);
    const lacksTags = needs.tags && known.tags === undefined;
    const lacksService = needs.service && noun === 'Task' && record.group === undefined;
    if (lacksTags || lacksService) return this.#afterRead(action, resource, undefined, this.#reader);
    return this.#reported(action, resource.id, this.#final(action, resource, undefined));
  }

  async #afterRead(
    action: ActionName,
    resource: Resource | undefined,
    fields: readonly string[] | undefined,
    reader: () => AccessReader,
  ): Promise<Decision> {
    if (resource === undefined) return this.#reported(action, '', DENIED);
    const needs = this.#policies.needs(this.#principal, action);
    const isTask = resource.type === 'Task' && !resource.parents.some(({ type }) => type === 'Service');
    const mustRead = needs.tags || (needs.service && isTask);
    if (!this.#policies.mayAllow(this.#principal, action, resource, fields)) {
      return this.#reported(action, resource.id, this.#denial(action, resource, fields));
    }
    const known = mustRead ? await readKnown(resource, reader()) : {};
    const whole = known === undefined ? undefined : { ...known };
    if (whole === undefined) return this.#reported(action, resource.id, DENIED);
    const cluster = resource.parents.find(({ type }) => type === 'Cluster')?.id;
    const complete = mustRead ? toResource(this.#place, resource.type, resource.id, { cluster, ...whole }) : resource;
    const decided = complete ?? { ...resource, tags: whole.tags };
    return this.#reported(action, resource.id, this.#final(action, decided, fields));
  }

  #decide(action: ActionName, resource: Resource, fields?: readonly string[]): Decision {
    return this.#policies.decide(this.#principal, action, resource, fields);
  }

  /** A decision on a resource whose facts are all known. A write with unknown input is allowed if some input is allowed. */
  #final(action: ActionName, resource: Resource, fields: readonly string[] | undefined): Decision {
    const decision = this.#decide(action, resource, fields);
    if (decision.isAllowed || fields !== undefined || !isWrite(action)) return decision;
    return this.#policies.mayAllow(this.#principal, action, resource) ? ALLOWED : decision;
  }

  /** The decision for a resource that is certainly denied. */
  #denial(action: ActionName, resource: Resource, fields?: readonly string[]): Decision {
    return { ...this.#decide(action, resource, fields), isAllowed: false };
  }

  #reported(action: ActionName, resource: string, decision: Decision): Decision {
    this.#onDecision?.({ action, resource, decision });
    return decision;
  }
}

const NO_TAGS: Tags = [];

const ALLOWED: Decision = { isAllowed: true, policies: [] };
const DENIED: Decision = { isAllowed: false, policies: [] };
/** The nouns that lists of a cluster contain. */
const LISTED: Readonly<Partial<Record<OperationName, EntityKind>>> = {
  ListContainerInstances: 'ContainerInstance',
  ListDaemons: 'Daemon',
  ListServices: 'Service',
  ListTasks: 'Task',
};

function clusterOf({ clusterArn, cluster }: Source): string | undefined {
  const named = clusterArn ?? cluster;
  return typeof named === 'string' ? named : undefined;
}

function arnIn(noun: EntityKind, record: Source): string | undefined {
  return arnOf(noun, record as unknown as EntityShapes[typeof noun]) ?? nameOf(noun, record);
}

/** Capacity providers of AWS have only a name. */
function nameOf(noun: EntityKind, { name }: Source): string | undefined {
  return noun === 'CapacityProvider' && typeof name === 'string' ? name : undefined;
}

function hasTags(input: object): boolean {
  const { tags } = input as { readonly tags?: unknown };
  return Array.isArray(tags) && tags.length > 0;
}
