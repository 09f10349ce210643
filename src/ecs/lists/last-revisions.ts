import { lastPart } from '../core/arn.ts';

/** The last revisions of families, for a list that has nothing else. */
export interface LastRevisions {
  /**
   * The ARNs that a later revision replaces.
   * @param beside other ARNs that are listed
   */
  replaced(arns: readonly string[], beside?: readonly string[]): string[];
}

/** @param registered ARNs of revisions that were registered */
export function lastOfFamilies(registered: Iterable<string>): LastRevisions {
  const known = new Map<string, number>();
  for (const arn of registered) note(known, arn);
  return {
    replaced(arns, beside = []) {
      const last = new Map(known);
      for (const arn of beside) note(last, arn);
      return arns.filter((arn) => {
        const { family, revision } = partsOf(arn);
        return (last.get(family) ?? revision) > revision;
      });
    },
  };
}

function note(last: Map<string, number>, arn: string): void {
  const { family, revision } = partsOf(arn);
  last.set(family, Math.max(last.get(family) ?? 0, revision));
}

function partsOf(arn: string): { readonly family: string; readonly revision: number } {
  const [family = '', revision] = lastPart(arn).split(':');
  return { family, revision: Number(revision) };
}
