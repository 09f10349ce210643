import type { ListInput, ListItem, ListOperation } from '../../ecs/core/list-operations.ts';
import { listPage } from '../../ecs/lists/list.ts';
import { correctedWhole } from '../../ecs/lists/list-correction.ts';
import { PageTrail } from '../../ecs/lists/page-loop-guard.ts';
import type { EcsSession } from '../../ecs/request-session.ts';
import type { Naming } from './token-list.ts';

/** How many items a list has. */
export interface Count {
  readonly value: number;
  readonly precision: 'EXACT' | 'AT_LEAST';
  /** When the list was read. Absent means now. */
  readonly asOf?: Date;
}

/** Lists are counted up to this many pages of ECS, of usually 100 items. */
export const MOST_COUNTED_PAGES = 10;

export function exactly(value: number): Count {
  return { value, precision: 'EXACT' };
}

/**
 * Counts a list by reading it, without describing anything; a list that was read whole less than half a minute ago costs no call.
 * @throws {EcsError}
 */
export async function countList<Op extends ListOperation>(
  session: EcsSession,
  operation: Op,
  input: ListInput<Op>,
  { keyOf }: Naming<ListItem<Op>>,
): Promise<Count> {
  let counted = 0;
  const kept = await session.keptList(operation, input, async () => {
    const all: string[] = [];
    const trail = new PageTrail(operation);
    let token: string | undefined;
    for (let pages = 0; pages === 0 || token !== undefined; pages += 1) {
      if (pages === MOST_COUNTED_PAGES) return undefined;
      const page = await listPage(session, operation, input, token);
      all.push(...page.items.map((item) => keyOf(item) ?? JSON.stringify(item)));
      counted = all.length;
      token = trail.follow(page.nextToken);
    }
    return all;
  });
  if (kept === undefined) return { value: counted, precision: 'AT_LEAST' };
  const { length } = await correctedWhole(kept.keys, session.correctionOf(operation, input));
  return { ...exactly(length), asOf: kept.at };
}

/** The count of several lists together. */
export function sumOf(counts: readonly Count[]): Count {
  const value = counts.reduce((sum, count) => sum + count.value, 0);
  const precision = counts.every((count) => count.precision === 'EXACT') ? 'EXACT' : 'AT_LEAST';
  const times = counts.flatMap(({ asOf }) => asOf?.getTime() ?? []);
  return { value, precision, ...(times.length > 0 && { asOf: new Date(Math.min(...times)) }) };
}
