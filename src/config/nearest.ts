/** The name that a misspelled one probably means; undefined if no name is close. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(text.length / 3));
  const near = names.map((name) => ({ name, edits: editsBetween(text, name) })).filter(({ edits }) => edits <= most);
  return near.sort((one, other) => one.edits - other.edits)[0]?.name;
}

/** Number of letters to insert, delete, replace or swap with the next one (optimal string alignment distance). */
function editsBetween(one: string, other: string): number {
  let last: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, wanted] of [...other].entries()) {
      const [above = 0, beside = 0, before = 0] = [row[j + 1], next[j], row[j]];
      const edits = Math.min(above + 1, beside + 1, before + (letter === wanted ? 0 : 1));
      const isSwapped = i > 0 && j > 0 && letter === other[j - 1] && wanted === one[i - 1];
      next.push(isSwapped ? Math.min(edits, (last[j - 1] ?? 0) + 1) : edits);
    }
    last = row;
    row = next;
  }
  return row[other.length] ?? 0;
}
