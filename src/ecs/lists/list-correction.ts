import type { Told } from '../consistency/recent-writes.ts';
import { type EntityKind, type EntityShapes, homeOf } from '../core/describe-specs.ts';
import type { ListInput, ListOperation } from '../core/list-operations.ts';
import { membershipOf } from './list-membership.ts';

/** What the latest writes say of one list. Where they and ECS's list disagree, the thing's own description decides. */
export interface ListCorrection {
  /** The order that ECS documents for the list; undefined where it promises none. */
  readonly order: ((one: string, other: string) => number) | undefined;
  /** Those of the ARNs (or what else the list names) that do not belong in the list any more. */
  gone(arns: readonly string[]): Promise<ReadonlySet<string>>;
  /** What belongs in the list and is not among the ARNs, in the list's order, or else as it was created. */
  missing(arns: readonly string[]): Promise<string[]>;
}

interface Sources {
  readonly told: (kind: EntityKind, cluster: string | undefined) => Iterable<Told>;
  readonly describe: <Kind extends EntityKind>(
    kind: Kind,
    id: string,
    cluster: string | undefined,
  ) => Promise<EntityShapes[Kind] | null>;
}

/** More things than this are not added to a list: cursors behind them name them. */
const MOST_ADDED = 100;

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
    async missing(arns) {
      const present = new Set(arns);
      const absent = [...expected].filter((arn) => !present.has(arn)).slice(-MOST_ADDED);
      const added = await where(absent, true);
      return compare === undefined ? added : added.sort(compare);
    },
  };
}

/** A list that was read whole, as of the latest writes: what ECS does not list yet comes first, or in its place. */
export async function correctedWhole(
  arns: readonly string[],
  correction: ListCorrection | undefined,
): Promise<readonly string[]> {
  if (correction === undefined) return arns;
  const [gone, missing] = await Promise.all([correction.gone(arns), correction.missing(arns)]);
  if (gone.size === 0 && missing.length === 0) return arns;
  const all = [...missing, ...arns.filter((arn) => !gone.has(arn))];
  return correction.order === undefined ? all : all.sort(correction.order);
}
