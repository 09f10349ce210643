import type { Told } from '../consistency/recent-writes.ts';
import { type EntityKind, type EntityShapes, homeOf } from '../core/describe-specs.ts';
import type { ListInput, ListOperation } from '../core/list-operations.ts';
import { membershipOf } from './list-membership.ts';

/** What the latest writes say about one list. Where they and ECS's list disagree, the resource's own description decides. */
export interface ListCorrection {
  /** The order that ECS documents for the list; undefined where it promises none. */
  readonly order: ((one: string, other: string) => number) | undefined;
  /** Those of the keys (ARNs, or what else the list names) that do not belong in the list any more. */
  gone(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** What may belong in the list by the writes, and is not among the keys: in the list's order, or else as it was created. */
  candidates(keys: readonly string[]): string[];
  /** Those of the candidates that belong in the list, in the same order. Costs their Describe calls. */
  belonging(candidates: readonly string[]): Promise<string[]>;
}

interface Sources {
  readonly told: (kind: EntityKind, cluster: string | undefined) => Iterable<Told>;
  readonly describe: <Kind extends EntityKind>(
    kind: Kind,
    id: string,
    cluster: string | undefined,
  ) => Promise<EntityShapes[Kind] | null>;
}

/** Of more creations than these, ECS lists the oldest by now; cursors hold a mark of each that was shown early. */
const MOST_ADDED = 1_000;

/** Undefined where no write of the last moments can have changed the list. */
export function correctionOf<Op extends ListOperation>(
  operation: Op,
  input: ListInput<Op>,
  { told, describe }: Sources,
): ListCorrection | undefined {
  const membership = membershipOf(operation);
  if (membership === undefined) return undefined;
  const { kind, keyOf, belongs, isEnteredLater, order } = membership;
  const { cluster } = input as { readonly cluster?: string };
  const doubted = new Set<string>();
  const expected = new Set<string>();
  for (const { arn, written, isNew } of told(kind, cluster)) {
    const key = keyOf === undefined ? arn : keyOf(written.item);
    if (key === undefined) continue;
    const isIn = written.how === 'deleted' ? false : belongs(written.item, input);
    if (isIn === false) doubted.add(key);
    else if (isIn === true && (isNew || isEnteredLater?.(input) === true)) expected.add(key);
  }
  if (doubted.size === 0 && expected.size === 0) return undefined;

  /** Whether the thing is in the list by ECS's description of it, as writes correct that; where there is none, by the write. */
  const isListed = async (arn: string, told: boolean) => {
    try {
      const item = await describe(kind, arn, homeOf(kind, arn, cluster));
      return item === null ? false : belongs(item, input);
    } catch {
      return told;
    }
  };
  const where = async (arns: readonly string[], isIn: boolean) => {
    const answers = await Promise.all(arns.map((arn) => isListed(arn, isIn)));
    return arns.filter((_arn, index) => answers[index] === isIn);
  };
  const compare = order?.(input);
  return {
    order: compare,
    async gone(arns) {
      const listed = arns.filter((arn) => doubted.has(arn));
      return new Set(await where(listed, false));
    },
    candidates(keys) {
      const present = new Set(keys);
      const absent = [...expected].filter((key) => !present.has(key)).slice(-MOST_ADDED);
      return compare === undefined ? absent : absent.sort(compare);
    },
    belonging: (candidates) => where(candidates, true),
  };
}

/** Of a list of records without descriptions: what writes put there belongs there. Undefined where they put nothing. */
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

/** The keys that belong in a list and are not among those that ECS listed. */
export function missingIn(correction: ListCorrection, keys: readonly string[]): Promise<string[]> {
  return correction.belonging(correction.candidates(keys));
}

/** A list that was read whole, as of the latest writes: what ECS does not list yet comes first, or in its place. */
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
