import type { Principal } from '../../auth/principal.ts';
import { ACTIONS, type ActionName, type ResourceType } from '../model/actions.ts';
import type { Resource } from '../model/resource.ts';
import { analyze, keyOf, type PolicyFacts } from './analyze.ts';
import { cedarSchema, NAMESPACE } from './schema.ts';
import { loadCedar } from './wasm.ts';

/** A decision, with the policies that allow or forbid it. */
export interface Decision {
  readonly isAllowed: boolean;
  /** Ids of the deciding policies; empty if no policy allows it. */
  readonly policies: readonly string[];
}

/** Policies as text, with their source. */
export interface PolicyText {
  readonly name: string;
  readonly text: string;
}

/** The policies that apply to one principal and action, and the facts that their decisions depend on. */
interface Slice {
  /** Identifies the action and every property of the principal that policies read. */
  readonly key: string;
  readonly policies: readonly PolicyFacts[];
  /** Set if every resource gets the same decision. */
  readonly fixed: Decision | undefined;
  readonly tags: readonly string[] | 'all';
  readonly named: ReadonlySet<string>;
  readonly namedTypes: ReadonlySet<string>;
}

/** Facts for a decision that an ARN does not contain. */
export interface Needs {
  readonly tags: boolean;
  /** The service that a task belongs to. */
  readonly service: boolean;
}

const MOST_DECISIONS = 20_000;
const MOST_SLICES = 10_000;
const DENIED: Decision = { isAllowed: false, policies: [] };
let sets = 0;

/**
 * A version of the policies. Cedar decides; this class caches its decisions by everything that they depend on: the policies that apply to the
 * principal and the action, the tags that those policies read, and the parents that they name.
 */
export class CedarPolicies {
  readonly ids: readonly string[];
  readonly #facts: readonly PolicyFacts[];
  readonly #name: string;
  readonly #slices = new Map<string, Slice>();
  /** The same, by the principal object, which does not change during a request. */
  readonly #slicesOf = new WeakMap<Principal, Map<ActionName, Slice>>();
  readonly #decisions = new Map<string, Decision>();
  readonly #onError: (policy: string, message: string) => void;
  readonly #readsUsers: boolean;
  #evaluations = 0;

  /**
   * @param onError called for a policy that failed during evaluation
   * @throws {Error} that lists the mistakes in the texts, one a line
   */
  constructor(texts: readonly PolicyText[], onError: (policy: string, message: string) => void = () => undefined) {
    const cedar = loadCedar();
    const policies = readPolicies(texts);
    this.#onError = onError;
    this.ids = [...policies.keys()];
    const staticPolicies = Object.fromEntries(policies);
    const answer = cedar.validate({ schema: cedarSchema() as never, policies: { staticPolicies } });
    const problems =
      answer.type === 'success' ? [...answer.validationErrors, ...answer.validationWarnings] : answer.errors;
    if (problems.length > 0) throw new Error(shortened(problems.map(textOf)).join('\n'));
    this.#facts = [...policies].map(([id, text]) => {
      const parsed = cedar.policyToJson(text);
      if (parsed.type !== 'success') throw new Error(`policy "${id}": ${parsed.errors.map(textOf).join('; ')}`);
      return analyze(id, parsed.json);
    });
    this.#readsUsers = this.#facts.some(({ readsUser }) => readsUser);
    sets += 1;
    this.#name = `set ${sets}`;
    const prepared = cedar.preparsePolicySet(this.#name, { staticPolicies });
    if (prepared.type !== 'success') throw new Error(prepared.errors.map(textOf).join('\n'));
  }

  /** Number of Cedar evaluations. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /** Whether any policy allows an action to any principal, under any condition. */
  mayBeAllowed(action: ActionName): boolean {
    return this.#facts.some((one) => one.effect === 'permit' && one.isAboutAction(action));
  }

  /** Whether any policy reads tags. */
  get readsTags(): boolean {
    return this.#facts.some(({ tags }) => tags === 'all' || tags.size > 0);
  }

  /** Whether an action is decided on the Region only. */
  isInRegion(action: ActionName): boolean {
    return ACTIONS[action].targets.every(({ type }) => type === 'Region');
  }

  /** The facts about a resource that must be read before a decision on it. */
  needs(principal: Principal, action: ActionName): Needs {
    const { fixed, tags, namedTypes } = this.#slice(principal, action);
    if (fixed !== undefined) return { tags: false, service: false };
    return { tags: tags === 'all' || tags.length > 0, service: namedTypes.has('Service') };
  }

  /**
   * The tags that decide about resources of a type, if nothing else but the cluster does; undefined
   * otherwise. One decision then applies to all resources of a cluster with the same values of these tags.
   */
  tagsThatCount(principal: Principal, action: ActionName, type: ResourceType): readonly string[] | undefined {
    const { tags, namedTypes } = this.#slice(principal, action);
    const isByPlace = [...namedTypes].every((named) => PLACES.has(named) && named !== type);
    return isByPlace && tags !== 'all' ? tags : undefined;
  }

  /** The decision if it is the same for every resource; undefined otherwise. */
  fixed(principal: Principal, action: ActionName): Decision | undefined {
    return this.#slice(principal, action).fixed;
  }

  /**
   * Decides about a resource. The facts that `needs` returns must have been read.
   * @param fields the members that a write sets
   */
  decide(principal: Principal, action: ActionName, resource: Resource, fields: readonly string[] = []): Decision {
    const slice = this.#slice(principal, action);
    if (slice.fixed !== undefined) return slice.fixed;
    const key = this.#classOf(slice, resource, fields);
    const known = this.#decisions.get(key);
    if (known !== undefined) return known;
    const decision = this.#evaluate(principal, action, resource, fields);
    if (this.#decisions.size >= MOST_DECISIONS) this.#decisions.clear();
    this.#decisions.set(key, decision);
    return decision;
  }

  /**
   * False only if a resource is certainly denied, regardless of unknown facts (tags, the service of a task) and
   * the input.
   * @param fields the members that a write sets; undefined if they are not known
   */
  mayAllow(principal: Principal, action: ActionName, resource: Resource, fields?: readonly string[]): boolean {
    const { fixed, policies } = this.#slice(principal, action);
    if (fixed !== undefined) return fixed.isAllowed;
    if (policies.some((one) => one.effect === 'forbid' && !one.isConditional && one.covers(resource))) return false;
    const permits = policies.filter((one) => one.effect === 'permit' && one.mayCover(resource));
    if (permits.length === 0 || resource.isAny === true) return permits.length > 0;
    const lacksService = resource.type === 'Task' && !resource.parents.some(({ type }) => type === 'Service');
    const isOpen = (one: PolicyFacts) =>
      (resource.tags === undefined && (one.tags === 'all' || one.tags.size > 0)) ||
      (lacksService && namesService(one)) ||
      (fields === undefined && one.readsContext);
    const decision = this.decide(principal, action, resource, fields);
    if (decision.isAllowed) return true;
    if (decision.policies.length === 0) return permits.some(isOpen);
    return policies.some((one) => decision.policies.includes(one.id) && isOpen(one));
  }

  #slice(principal: Principal, action: ActionName): Slice {
    let slices = this.#slicesOf.get(principal);
    if (slices === undefined) {
      slices = new Map();
      this.#slicesOf.set(principal, slices);
    }
    const known = slices.get(action);
    if (known !== undefined) return known;
    const slice = this.#findSlice(principal, action);
    slices.set(action, slice);
    return slice;
  }

  #findSlice(principal: Principal, action: ActionName): Slice {
    const key = `${action} ${this.#nameOf(principal)}`;
    const known = this.#slices.get(key);
    if (known !== undefined) return known;
    const policies = this.#facts.filter((one) => one.isAboutAction(action) && one.isAboutPrincipal(principal));
    const named = new Set(policies.flatMap((one) => [...one.named]));
    const tags = new Set<string>();
    let isComputed = false;
    for (const one of policies) {
      if (one.tags === 'all') isComputed = true;
      else for (const tag of one.tags) tags.add(tag);
    }
    if (this.#slices.size >= MOST_SLICES) this.#slices.clear();
    const slice: Slice = {
      key,
      policies,
      fixed: fixedDecision(policies),
      tags: isComputed ? 'all' : [...tags].sort(),
      named,
      namedTypes: new Set([...named].map((uid) => uid.slice(0, uid.indexOf('::')))),
    };
    this.#slices.set(key, slice);
    return slice;
  }

  /** Principals with the same roles are equal, unless a policy reads their identity. */
  #nameOf({ name, roles = [] }: Principal): string {
    return JSON.stringify(this.#readsUsers ? [name, ...roles] : [...roles]);
  }

  #classOf(slice: Slice, resource: Resource, fields: readonly string[]): string {
    const { key, namedTypes, named } = slice;
    const tags = slice.tags === 'all' ? resource.tags : slice.tags.map((name) => resource.tags?.[name] ?? null);
    const parents = resource.parents.filter((parent) => namedTypes.has(parent.type) && named.has(keyOf(parent)));
    const isNamed = namedTypes.has(resource.type) && named.has(keyOf(resource));
    const rest = [isNamed ? resource.id : 0, parents.map(({ id }) => id), tags ?? 0, fields];
    return `${key} ${resource.type} ${JSON.stringify(rest)}`;
  }

  #evaluate({ name, roles = [] }: Principal, action: ActionName, resource: Resource, fields: readonly string[]) {
    this.#evaluations += 1;
    try {
      const answer = loadCedar().statefulIsAuthorized({
        principal: uid('User', name),
        action: uid('Action', action),
        resource: uid(resource.type, resource.id),
        context: { fields: [...fields] },
        preparsedPolicySetId: this.#name,
        entities: [
          { uid: uid('User', name), attrs: {}, parents: roles.map((role) => uid('Role', role)) },
          { uid: uid('Action', action), attrs: {}, parents: [uid('Action', ACTIONS[action].group)] },
          ...entitiesOf(resource),
        ],
      });
      if (answer.type !== 'success') {
        this.#onError('*', answer.errors.map(textOf).join('; '));
        return DENIED;
      }
      const { decision, diagnostics } = answer.response;
      const failed = new Set(diagnostics.errors.map(({ policyId }) => policyId));
      for (const { policyId, error } of diagnostics.errors) this.#onError(policyId, error.message);
      // Cedar skips a policy that fails, even a `forbid`, so a request that it might forbid is denied.
      const failedForbid = this.#facts.find(({ id, effect }) => effect === 'forbid' && failed.has(id));
      if (failedForbid !== undefined) return { isAllowed: false, policies: [failedForbid.id] };
      return { isAllowed: decision === 'allow', policies: [...diagnostics.reason].sort() };
    } catch (error) {
      this.#onError('*', (error as Error).message);
      return DENIED;
    }
  }
}

function namesService({ named }: PolicyFacts): boolean {
  return [...named].some((uid) => uid.startsWith('Service::'));
}

const PLACES: ReadonlySet<string> = new Set(['Account', 'Region', 'Cluster'] satisfies ResourceType[]);

/** Policies without conditions whose scopes cover all resources need no evaluation. */
function fixedDecision(policies: readonly PolicyFacts[]): Decision | undefined {
  const isPlain = ({ isConditional, named, covers }: PolicyFacts) =>
    !isConditional && named.size === 0 && covers(NOWHERE);
  const forbids = policies.filter(({ effect }) => effect === 'forbid');
  const permits = policies.filter(({ effect }) => effect === 'permit');
  const plainForbids = forbids.filter(isPlain);
  if (plainForbids.length > 0) return { isAllowed: false, policies: plainForbids.map(({ id }) => id) };
  if (permits.length === 0) return forbids.length === 0 ? DENIED : undefined;
  const plainPermits = permits.filter(isPlain);
  if (forbids.length === 0 && plainPermits.length > 0)
    return { isAllowed: true, policies: plainPermits.map(({ id }) => id) };
  return undefined;
}

/** Covered only by an unrestricted scope. */
const NOWHERE: Resource = { type: 'Account', id: '', parents: [], isAny: true };

function uid(type: string, id: string) {
  return { type: `${NAMESPACE}::${type}`, id };
}

/** The resource and its ancestors. Each entity lists all of its ancestors. */
function entitiesOf({ type, id, parents, tags }: Resource) {
  const above = parents.map((parent) => uid(parent.type, parent.id));
  return [
    { uid: uid(type, id), attrs: {}, parents: above, ...(tags && { tags: { ...tags } }) },
    ...above.map((parent, index) => ({ uid: parent, attrs: {}, parents: above.slice(index + 1) })),
  ];
}

/** Policies by name: their `@id`, or their file and position. */
function readPolicies(texts: readonly PolicyText[]): Map<string, string> {
  const cedar = loadCedar();
  const policies = new Map<string, string>();
  const problems: string[] = [];
  for (const { name, text } of texts) {
    const parts = cedar.policySetTextToParts(text);
    if (parts.type !== 'success') {
      problems.push(...parts.errors.map((error) => `${name}: ${textOf(error)}`));
      continue;
    }
    if (parts.policy_templates.length > 0) problems.push(`${name}: has templates; only policies are read`);
    for (const [index, policy] of parts.policies.entries()) {
      const parsed = cedar.policyToJson(policy);
      const id = (parsed.type === 'success' && parsed.json.annotations?.id) || `${name}#${index + 1}`;
      if (policies.has(id)) problems.push(`${name}: two policies are named "${id}"`);
      policies.set(id, policy);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return policies;
}

const MOST_PROBLEMS = 10;

/** A policy over several resource types reports the same problem for each of them. */
function shortened(problems: readonly string[]): string[] {
  const seen = new Set<string>();
  const distinct = problems.filter((problem) => {
    const kind = problem.replace(/ on entity type `[^`]*`/, '');
    return !seen.has(kind) && seen.add(kind);
  });
  const more = distinct.length - MOST_PROBLEMS;
  return more > 0 ? [...distinct.slice(0, MOST_PROBLEMS), `and ${more} more`] : distinct;
}

interface Problem {
  readonly policyId?: string;
  readonly message?: string;
  readonly help?: string | null;
  readonly error?: { readonly message: string; readonly help: string | null };
}

function textOf(problem: Problem): string {
  const { message = '', help } = problem.error ?? problem;
  const text = help == null ? message : `${message} (${help})`;
  return (
    problem.policyId === undefined ? text : `policy "${problem.policyId}": ${text.replace(/^for policy `[^`]*`, /, '')}`
  ).replaceAll('\n', ' ');
}
