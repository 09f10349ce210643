import { homeOf } from '../core/describe-specs.ts';
import type { ListInput, ListOperation } from '../core/list-operations.ts';
import { lastOfFamilies } from './last-revisions.ts';
import { type ListSources, membershipOf } from './list-membership.ts';
import type { Maybe } from './maybe.ts';

/** Recent writes that concern one list. If they and ECS's list disagree, the resource's description decides. */
export interface ListCorrection {
  /** The order that ECS documents for the list; undefined if it documents none. */
  readonly order: ((one: string, other: string) => number) | undefined;
  /** The keys (ARNs, or other identifiers of the list) that no longer belong in the list. */
  gone(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Keys that recent writes may have added and that are not among the given ones, in the list's order, else in order of
   * creation.
   */
  candidates(keys: readonly string[]): string[];
  /** The candidates that belong in the list, in the same order. Costs their Describe calls. */
  belonging(candidates: readonly string[]): Promise<string[]>;
}

/**
 * Above this number of creations, ECS already lists the oldest. Cursors hold a mark for each item that was shown early.
 */
const MOST_ADDED = 1_000;

/** Undefined if no recent write can have changed the list. */
export function correctionOf<Op extends ListOperation>(
  operation: Op,
  input: ListInput<Op>,
  sources: ListSources,
): ListCorrection | undefined {
  const membership = membershipOf(operation);
  if (membership === undefined) return undefined;
  const { kind, keyOf, belongs, decide, isEnteredLater, isOfAllClusters, isOfLastRevisions, order } = membership;
  const { cluster } = input as { readonly cluster?: string };
  const touched = membership.touched?.(input, sources);
  const doubted = new Set<string>();
  const expected = new Set<string>(touched?.expected);
  const inputs = new Map<string, object>();
  const decided = new Set<string>();
  const mayEnter = isEnteredLater?.(input) === true;
  for (const { arn, written, isNew, input: wrote } of isOfAllClusters === true
    ? sources.writtenAnywhere(kind)
    : sources.writtenIn(kind, cluster)) {
    const key = keyOf === undefined ? arn : keyOf(written.item);
    if (key === undefined) continue;
    const isIn = written.how === 'deleted' && decide === undefined ? false : belongs(written.item, input, wrote);
    const isUnknown = isIn === undefined && decide !== undefined;
    inputs.set(key, wrote);
    if (isIn !== undefined) decided.add(key);
    if (isIn === false || isUnknown) doubted.add(key);
    if (isUnknown || (isIn === true && (isNew || mayEnter))) expected.add(key);
  }
  if (doubted.size === 0 && expected.size === 0 && touched === undefined) return undefined;
  const last = isOfLastRevisions?.(input) === true ? lastOfFamilies(expected) : undefined;

  /**
   * Whether ECS's description, corrected by recent writes, belongs in the list. If the description fails, the write
   * decides, if it can.
   */
  const isListed = async (key: string, isWritten: boolean): Promise<Maybe> => {
    try {
      if (decide !== undefined) return await decide(key, input, sources);
      const item = await sources.describe(kind, key, homeOf(kind, key, cluster));
      return item === null ? false : belongs(item, input, inputs.get(key));
    } catch {
      return decided.has(key) ? isWritten : undefined;
    }
  };
  const filterListed = async (keys: readonly string[], isIn: boolean) => {
    const answers = await Promise.all(keys.map((key) => isListed(key, isIn)));
    return keys.filter((_key, index) => answers[index] === isIn);
  };
  const compare = order?.(input);
  return {
    order: compare,
    async gone(keys) {
      const listed = keys.filter((key) => doubted.has(key) || touched?.isDoubted(key) === true);
      return new Set([...(await filterListed(listed, false)), ...(last?.replaced(keys) ?? [])]);
    },
    candidates(keys) {
      const present = new Set(keys);
      const replaced = new Set(last?.replaced([...expected], keys));
      const absent = [...expected].filter((key) => !present.has(key) && !replaced.has(key)).slice(-MOST_ADDED);
      return compare === undefined ? absent : absent.sort(compare);
    },
    belonging: (candidates) => filterListed(candidates, true),
  };
}

/**
 * The correction of a list of records without descriptions: written records belong there. Undefined without such records.
 */
export function recordCorrection(added: readonly string[]): ListCorrection | undefined {
  if (added.length === 0) return undefined;
  return {
    order: undefined,
    gone: async () => new Set(),
    candidates(keys) {
      const present = new Set(keys);
      return added.filter((key) => !present.has(key)).slice(-MOST_ADDED);
    },
    belonging: async (candidates) => [...candidates],
  };
}

/** The keys that belong in a list and that ECS did not list. */
export function missingIn(correction: ListCorrection, keys: readonly string[]): Promise<string[]> {
  return correction.belonging(correction.candidates(keys));
}

/**
 * A complete list, corrected by recent writes. Items that ECS does not list yet come first, or at their place in the
 * list's order.
 */
export async function correctedWhole(
  arns: readonly string[],
  correction: ListCorrection | undefined,
): Promise<readonly string[]> {
  if (correction === undefined) return arns;
  const [gone, missing] = await Promise.all([correction.gone(arns), missingIn(correction, arns)]);
  if (gone.size === 0 && missing.length === 0) return arns;
  const all = [...missing, ...arns.filter((arn) => !gone.has(arn))];
  return correction.order === undefined ? all : all.sort(correction.order);
}
