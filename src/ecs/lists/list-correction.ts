import type { WrittenEntity } from '../consistency/recent-writes.ts';
import { type EntityKind, type EntityShapes, homeOf } from '../core/describe-specs.ts';
import type { ListInput, ListOperation } from '../core/list-operations.ts';
import { membershipOf } from './list-membership.ts';

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

interface Sources {
  readonly writtenIn: (kind: EntityKind, cluster: string | undefined) => Iterable<WrittenEntity>;
  readonly describe: <Kind extends EntityKind>(
    kind: Kind,
    id: string,
    cluster: string | undefined,
  ) => Promise<EntityShapes[Kind] | null>;
}

/**
 * Above this number of creations, ECS already lists the oldest. Cursors hold a mark for each item that was shown early.
 */
const MOST_ADDED = 1_000;

/** Undefined if no recent write can have changed the list. */
export function correctionOf<Op extends ListOperation>(
  operation: Op,
  input: ListInput<Op>,
  { writtenIn, describe }: Sources,
): ListCorrection | undefined {
  const membership = membershipOf(operation);
  if (membership === undefined) return undefined;
  const { kind, keyOf, belongs, isEnteredLater, order } = membership;
  const { cluster } = input as { readonly cluster?: string };
  const doubted = new Set<string>();
  const expected = new Set<string>();
  for (const { arn, written, isNew } of writtenIn(kind, cluster)) {
    const key = keyOf === undefined ? arn : keyOf(written.item);
    if (key === undefined) continue;
    const isIn = written.how === 'deleted' ? false : belongs(written.item, input);
    if (isIn === false) doubted.add(key);
    else if (isIn === true && (isNew || isEnteredLater?.(input) === true)) expected.add(key);
  }
  if (doubted.size === 0 && expected.size === 0) return undefined;

  /**
   * Whether ECS's description, corrected by recent writes, belongs in the list. If the description fails, the write
   * decides.
   */
  const isListed = async (arn: string, isWritten: boolean) => {
    try {
      const item = await describe(kind, arn, homeOf(kind, arn, cluster));
      return item === null ? false : belongs(item, input);
    } catch {
      return isWritten;
    }
  };
  const filterListed = async (arns: readonly string[], isIn: boolean) => {
    const answers = await Promise.all(arns.map((arn) => isListed(arn, isIn)));
    return arns.filter((_arn, index) => answers[index] === isIn);
  };
  const compare = order?.(input);
  return {
    order: compare,
    async gone(arns) {
      const listed = arns.filter((arn) => doubted.has(arn));
      return new Set(await filterListed(listed, false));
    },
    candidates(keys) {
      const present = new Set(keys);
      const absent = [...expected].filter((key) => !present.has(key)).slice(-MOST_ADDED);
      return compare === undefined ? absent : absent.sort(compare);
    },
    belonging: (candidates) => filterListed(candidates, true),
  };
}

/**
 * The correction of a list of records without descriptions: written records belong there. Undefined if there are none.
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
