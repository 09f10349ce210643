import type { Principal } from '../auth/principal.ts';
import type { CedarPolicies, Decision, Needs } from './cedar/policy-set.ts';
import { type ActionName, isWrite, type ResourceType } from './model/actions.ts';
import { type Place, type Resource, regionResource } from './model/resource.ts';

export const READ_ONLY = 'READ_ONLY';

const ALLOWED: Decision = { isAllowed: true, policies: [] };
const READ_ONLY_DENIAL: Decision = { isAllowed: false, policies: [READ_ONLY] };
const NOWHERE: Place = { partition: 'aws', account: '', region: '' };
const NO_NEEDS: Needs = { tags: false, service: false };

/** The rules that authorise every request: the current version of the policies, and `READ_ONLY`. */
export class Policies {
  readonly isReadOnly: boolean;
  readonly #findPlace: () => Promise<Place>;
  #cedar: CedarPolicies | undefined;
  #place: Place | Promise<Place> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #errors = new Map<string, number>();

  /**
   * @param cedar absent: reads are not restricted
   * @param findPlace reads the account and Region, which turn names into ARNs
   */
  constructor(isReadOnly: boolean, cedar: CedarPolicies | undefined, findPlace: () => Promise<Place>) {
    this.isReadOnly = isReadOnly;
    this.#cedar = cedar;
    this.#findPlace = findPlace;
  }

  /** Replaces the policies. New requests and open streams are decided by the new version. */
  replace(cedar: CedarPolicies): void {
    this.#cedar = cedar;
    for (const listener of [...this.#listeners]) listener();
  }

  /** A value that changes with each version of the policies. */
  get version(): unknown {
    return this.#cedar;
  }

  /** Calls the listener after each change. Returns a function that removes the listener. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The account and Region; a promise until they are known. */
  place(): Place | Promise<Place> {
    // Without policies, no decision needs a name.
    if (this.#cedar === undefined) return NOWHERE;
    this.#place ??= this.#findPlace().then(
      (place) => {
        this.#place = place;
        return place;
      },
      (error: unknown) => {
        this.#place = undefined;
        throw error;
      },
    );
    return this.#place;
  }

  /** How often each policy failed while it was evaluated. */
  get errors(): ReadonlyMap<string, number> {
    return this.#errors;
  }

  countError(policy: string): void {
    this.#errors.set(policy, (this.#errors.get(policy) ?? 0) + 1);
  }

  /** Whether there are policies, beside `READ_ONLY`. */
  get restrictsReads(): boolean {
    return this.#cedar !== undefined;
  }

  fixed(principal: Principal, action: ActionName): Decision | undefined {
    if (this.isReadOnly && isWrite(action)) return READ_ONLY_DENIAL;
    return this.#cedar === undefined ? ALLOWED : this.#cedar.fixed(principal, action);
  }

  /** Whether an action in the Region is allowed. */
  async mayInRegion(principal: Principal, action: ActionName): Promise<boolean> {
    const fixed = this.fixed(principal, action);
    if (fixed !== undefined) return fixed.isAllowed;
    return this.decide(principal, action, regionResource(await this.place())).isAllowed;
  }

  needs(principal: Principal, action: ActionName): Needs {
    return this.#cedar?.needs(principal, action) ?? NO_NEEDS;
  }

  tagsThatCount(principal: Principal, action: ActionName, type: ResourceType): readonly string[] | undefined {
    return this.#cedar?.tagsThatCount(principal, action, type);
  }

  mayAllow(principal: Principal, action: ActionName, resource: Resource, fields?: readonly string[]): boolean {
    return (
      this.fixed(principal, action)?.isAllowed ?? this.#cedar?.mayAllow(principal, action, resource, fields) ?? true
    );
  }

  decide(principal: Principal, action: ActionName, resource: Resource, fields?: readonly string[]): Decision {
    return this.fixed(principal, action) ?? this.#cedar?.decide(principal, action, resource, fields) ?? ALLOWED;
  }
}
