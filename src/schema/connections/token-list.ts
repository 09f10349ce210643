import type { ListInput, ListItem, ListOperation } from '../../ecs/core/list-operations.ts';
import { listPage } from '../../ecs/lists/list.ts';
import { orderOf } from '../../ecs/lists/list-membership.ts';
import { PageTrail } from '../../ecs/lists/page-loop-guard.ts';
import type { EcsSession } from '../../ecs/request-session.ts';
import type { TokenPlace } from './cursor.ts';
import { PassedPage } from './passed-page.ts';
import { EarlyItems } from './recent-items.ts';

/** The part of a list to read. */
export interface Stretch<Item> {
  readonly first: number;
  readonly start: TokenPlace;
  readonly naming: Naming<Item>;
}

/** How the items of a list are identified. */
export interface Naming<Item> {
  /** Identifies an item in the list for as long as it exists. */
  readonly keyOf: (item: Item) => string | undefined;
  /** Creates an item that ECS does not list yet. Absent means that the key is the item. */
  readonly itemOf?: (key: string) => Item;
}

/** For lists of ARNs or other identifiers. */
export const BY_ITSELF = { keyOf: (item: unknown) => (typeof item === 'string' ? item : undefined) };

const NOTHING: ReadonlySet<string> = new Set();
/**
 * Reads a list that ECS pages from a position in it, corrected by recent writes.
 * @param onItem receives each item as soon as its page has arrived, and a function that creates the position after it
 * @returns whether the list continues
 */
export async function readTokenList<Op extends ListOperation>(
  session: EcsSession,
  operation: Op,
  input: ListInput<Op>,
  { first, start, naming }: Stretch<ListItem<Op>>,
  onItem: (item: ListItem<Op>, place: () => TokenPlace) => void,
): Promise<boolean> {
  const { keyOf, itemOf = (key) => key as ListItem<Op> } = naming;
  const order = orderOf(operation, input);
  const correction = session.correctionOf(operation, input);
  const early = new EarlyItems(correction, start.shown);
  const trail = new PageTrail(operation);
  let { passed } = start;
  let isFirstPage = true;
  let count = 0;
  for (let token = start.token; ; ) {
    const { items, nextToken } = await listPage(session, operation, input, token ?? undefined);
    const keys = items.map((item) => keyOf(item) ?? JSON.stringify(item));
    const page = new PassedPage(keys, { token, nextToken, passed, next: start.next, inOrder: order !== undefined });
    early.skip(page.missed);
    if (isFirstPage) early.begin(keys, { isStart: token === null && !start.begun, last: start.last });
    else early.leaveOut(keys);
    const gone = (await correction?.gone(keys)) ?? NOTHING;
    const emit = (item: ListItem<Op>, key: string, offset: number) => {
      const { shown } = early;
      const position = order === undefined ? {} : { last: key };
      const begun = start.begun || token !== null || offset > 0;
      onItem(item, () => ({ ...page.behind(offset, gone), shown, begun, ...position }));
      count += 1;
    };
    let offset = 0;
    while (count < first) {
      const key = keys[offset];
      const isEnd = key === undefined && nextToken === undefined;
      const before =
        early.isLeft && !page.hasPassed(offset) ? await early.takeBefore(key, isEnd, first - count) : undefined;
      if (before !== undefined) {
        emit(itemOf(before), before, offset);
        continue;
      }
      if (key === undefined) break;
      offset += 1;
      if (page.hasPassed(offset - 1) || gone.has(key) || early.wasShown(key)) continue;
      emit(items[offset - 1] as ListItem<Op>, key, offset);
    }
    if (count >= first) {
      const isLeft = keys.some(
        (key, at) => at >= offset && !page.hasPassed(at) && !gone.has(key) && !early.wasShown(key),
      );
      return isLeft || nextToken !== undefined || early.isLeft;
    }
    if (nextToken === undefined) return false;
    token = trail.follow(nextToken);
    passed = [];
    isFirstPage = false;
  }
}
