import type { OperationName, StructureName } from '../../generated/types.ts';
import { A_TO_C } from './a-c.ts';
import { D_TO_F } from './d-f.ts';
import { G_TO_L } from './g-l.ts';
import { MEMBERS_IN } from './in.ts';
import { M_TO_R } from './m-r.ts';
import { S_TO_Z } from './s-z.ts';

/** Member name to its general meaning. */
export const MEMBER_WORDS: Readonly<Record<string, string>> = { ...A_TO_C, ...D_TO_F, ...G_TO_L, ...M_TO_R, ...S_TO_Z };

/**
 * The meaning of a member, in our own words.
 * @param names the name of the field, and AWS's name if it differs
 */
export function wordsOf(owner: StructureName | OperationName, ...names: readonly string[]): string | undefined {
  const own = MEMBERS_IN[owner];
  const found = names.map((name) => own?.[name]).find((words) => words !== undefined);
  return found ?? names.map((name) => MEMBER_WORDS[name]).find((words) => words !== undefined);
}
