import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** Counting stops here: no setting allows this many. */
const MOST_COUNTED = 100_000;
/** Characters of arguments that take as long to compare as two fields without arguments. */
const CHARACTERS_A_COMPARISON = 64;

/**
 * Number of field pairs that validation compares because they have the same response name ("fields can be merged").
 * Fields of one name are merged level by level, and each level compares them pairwise; long arguments count as several
 * pairs. The document must not contain fragment cycles.
 */
export function mergeWork(
  roots: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): number {
  let work = 0;
  let visited = 0;
  const pending: (readonly SelectionSetNode[])[] = roots.map((root) => [root]);
  for (let sets = pending.pop(); sets !== undefined; sets = pending.pop()) {
    const byName = new Map<string, FieldNode[]>();
    for (const set of sets) collect(set, byName, new Set());
    if (visited > MOST_COUNTED) return MOST_COUNTED;
    for (const fields of byName.values()) {
      if (fields.length > 1) work += (fields.length - 1) * fields.reduce((total, field) => total + weightOf(field), 0);
      const below = fields.flatMap(({ selectionSet }) => selectionSet ?? []);
      // A single field is walked too: its selection may contain repetitions.
      if (below.length > 0) pending.push(below);
    }
    if (work / 2 > MOST_COUNTED) return MOST_COUNTED;
  }
  return Math.ceil(work / 2);

  function collect(set: SelectionSetNode, byName: Map<string, FieldNode[]>, spread: Set<string>): void {
    for (const selection of set.selections) {
      visited += 1;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const same = byName.get(name);
        if (same === undefined) byName.set(name, [selection]);
        else same.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, byName, spread);
      else {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (fragment === undefined || spread.has(name)) continue;
        // Once in each selection, as in validation.
        spread.add(name);
        collect(fragment.selectionSet, byName, spread);
      }
    }
  }
}

function weightOf({ arguments: args = [] }: FieldNode): number {
  const [first] = args;
  const last = args.at(-1);
  const length = first?.loc && last?.loc ? last.loc.end - first.loc.start : 0;
  return 1 + Math.floor(length / CHARACTERS_A_COMPARISON);
}
