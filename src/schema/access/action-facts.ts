import type { Decision, Needs } from '../../policy/cedar/policy-set.ts';

export type Tags = readonly { readonly key?: string; readonly value?: string }[];

interface Place {
  readonly prefix: string;
  readonly cluster: string | undefined;
}

interface ClassOfObjects extends Place {
  readonly values: readonly (string | null)[];
  readonly decision: Decision;
}

/**
 * The facts on which decisions about an action on objects of one noun depend, and the decisions that were made. Where only the
 * place and some tags decide, objects with the same ARN up to the name, the same cluster and the same values of these
 * tags form a class, which is decided once.
 */
export class ActionFacts {
  /** Set if every object gets the same decision. */
  readonly fixed: Decision | undefined;
  readonly needs: Needs;
  /** The tags that decide, if nothing else but the place does. */
  readonly tagNames: readonly string[] | undefined;
  readonly #decisions = new Map<string, Decision>();
  /** Consecutive objects of a list are usually of the same class, and comparing is faster than making a key. */
  #last: ClassOfObjects | undefined;
  #readable: Place | undefined;

  constructor(fixed: Decision | undefined, needs: Needs, tagNames: readonly string[] | undefined) {
    this.fixed = fixed;
    this.needs = needs;
    this.tagNames = tagNames;
  }

  /** The decision that was kept for the class of an object. */
  find(arn: string, cluster: string | undefined, tags: Tags): Decision | undefined {
    const last = this.#last;
    if (last !== undefined && isIn(last, arn, cluster) && this.#hasValues(tags, last.values)) return last.decision;
    const [prefix, values] = [prefixOf(arn), this.#valuesIn(tags)];
    const decision = this.#decisions.get(keyOf(prefix, cluster, values));
    if (decision !== undefined) this.#last = { prefix, cluster, values, decision };
    return decision;
  }

  keep(arn: string, cluster: string | undefined, tags: Tags, decision: Decision): void {
    this.#decisions.set(keyOf(prefixOf(arn), cluster, this.#valuesIn(tags)), decision);
  }

  /** Whether the last object that was kept as possibly readable is in the same place as this one. */
  isReadable(nameOrArn: string, cluster: string | undefined): boolean {
    return this.#readable !== undefined && isIn(this.#readable, nameOrArn, cluster);
  }

  keepReadable(nameOrArn: string, cluster: string | undefined): void {
    if (this.tagNames !== undefined) this.#readable = { prefix: prefixOf(nameOrArn), cluster };
  }

  #valuesIn(tags: Tags): readonly (string | null)[] {
    return (this.tagNames ?? []).map((name) => valueIn(tags, name));
  }

  #hasValues(tags: Tags, values: readonly (string | null)[]): boolean {
    const names = this.tagNames ?? [];
    for (let at = 0; at < names.length; at += 1) if (valueIn(tags, names[at] ?? '') !== values[at]) return false;
    return true;
  }
}

function keyOf(prefix: string, cluster: string | undefined, values: readonly (string | null)[]): string {
  return `${prefix} ${cluster ?? ''} ${JSON.stringify(values)}`;
}

/** The prefix of an ARN. All ARNs with the same prefix are in the same cluster, if they contain a cluster. */
function prefixOf(arn: string): string {
  return arn.slice(0, arn.lastIndexOf('/') + 1);
}

function isIn(place: Place, arn: string, cluster: string | undefined): boolean {
  const { prefix } = place;
  return place.cluster === cluster && arn.startsWith(prefix) && arn.indexOf('/', prefix.length) === -1;
}

function valueIn(tags: Tags, name: string): string | null {
  for (const { key, value } of tags) if (key === name) return value ?? null;
  return null;
}
