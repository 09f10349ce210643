import type { ListInput, ListItem, ListOperation } from '../../ecs/core/list-operations.ts';
import { listPage, type Page } from '../../ecs/lists/list.ts';
import { PageTrail } from '../../ecs/lists/page-loop-guard.ts';
import type { EcsSession } from '../../ecs/request-session.ts';
import { markOf, type TokenPlace } from './cursor.ts';
import { EarlyItems } from './recent-items.ts';

/** Which part of a list to read. */
export interface Stretch<Item> {
  readonly first: number;
  readonly start: TokenPlace;
  readonly naming: Naming<Item>;
}

/** What names the items of a list. */
export interface Naming<Item> {
  /** Undefined where nothing does. */
  readonly keyOf: (item: Item) => string | undefined;
  /** Stands for what ECS does not list yet. Absent: what names an item is the item. */
  readonly itemOf?: (key: string) => Item;
}

/** Of a list of ARNs, or of other names. */
export const BY_ITSELF = { keyOf: (item: unknown) => (typeof item === 'string' ? item : undefined) };

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Reads a list that ECS pages, from a place in it, as of this process's latest writes.
 * @param onItem gets each item as soon as its page has come, and how to make the place behind it
 * @returns whether the list goes on
 */
export async function readTokenList<Op extends ListOperation>(
  session: EcsSession,
  operation: Op,
  input: ListInput<Op>,
  { first, start, naming }: Stretch<ListItem<Op>>,
  onItem: (item: ListItem<Op>, place: () => TokenPlace) => void,
): Promise<boolean> {
  const { keyOf, itemOf = (key) => key as ListItem<Op> } = naming;
  const correction = session.correctionOf(operation, input);
  const early = new EarlyItems(correction, start.shown);
  const read = async (token: string | null): Promise<TokenPage<ListItem<Op>>> => {
    const page = await listPage(session, operation, input, token ?? undefined);
    return { ...page, token, keys: page.items.map(keyOf) };
  };
  const trail = new PageTrail(operation);
  let count = 0;
  const emit = (item: ListItem<Op>, page: TokenPage<ListItem<Op>>, offset: number, behind: string | undefined) => {
    const { shown } = early;
    const isPageDone = offset === page.items.length && page.nextToken !== undefined;
    onItem(item, () => ({
      // Behind a whole page the next goes on: this one need not be read again. But in an order, what comes behind its last item
      // can be told only beside that.
      ...(isPageDone && correction?.order === undefined
        ? { token: page.nextToken, offset: 0 }
        : { token: page.token, offset, ...(behind === undefined ? {} : { behind: markOf(behind) }) }),
      ...(shown.length === 0 ? {} : { shown }),
    }));
    count += 1;
  };

  let { page, offset } = await findPlace(start, read);
  const isStart = page.token === null && offset === 0;
  await early.begin(page.keys, { isStart, behind: page.keys[offset - 1] });
  for (;;) {
    const { items, keys, nextToken } = page;
    const gone = (await correction?.gone(keys.filter((key) => key !== undefined))) ?? NOTHING;
    /** The last item that ECS will go on listing. */
    let behind = keys.slice(0, offset).findLast((key) => key !== undefined && !gone.has(key));
    while (count < first) {
      const key = keys[offset];
      const arn = early.takeBefore(key, offset >= items.length && nextToken === undefined);
      if (arn !== undefined) {
        emit(itemOf(arn), page, offset, behind);
        continue;
      }
      const item = items[offset];
      if (item === undefined) break;
      offset += 1;
      if (key !== undefined && gone.has(key)) continue;
      behind = key;
      if (key === undefined || !early.wasShown(key)) emit(item, page, offset, behind);
    }
    if (count >= first) return offset < items.length || nextToken !== undefined || early.isLeft;
    if (nextToken === undefined) return false;
    page = await read(trail.follow(nextToken));
    offset = 0;
    early.leaveOut(page.keys);
  }
}

/** One page, and what opens it. */
interface TokenPage<Item> extends Page<Item> {
  readonly token: string | null;
  readonly keys: readonly (string | undefined)[];
}

/** Finds a place again, also where items before it have come or gone since: on its page or, pushed out of that, on one behind it. */
async function findPlace<Item>(
  { token, offset, behind, shown = [] }: TokenPlace,
  read: (token: string | null) => Promise<TokenPage<Item>>,
): Promise<{ page: TokenPage<Item>; offset: number }> {
  const page = await read(token);
  if (offset === 0) return { page, offset };
  // Where all of ECS's items before the place were leaving the list, what was shown early is left to go by.
  const passed = behind === undefined ? shown : [behind];
  const behindLast = ({ keys }: TokenPage<Item>) =>
    keys.findLastIndex((key) => key !== undefined && passed.includes(markOf(key))) + 1;
  const found = passed.length === 0 ? offset : behindLast(page);
  if (found > 0) return { page, offset: found };
  // What was shown before ECS listed it may by now stand on the pages between.
  let next = page;
  let looked = page.items.length;
  do {
    if (next.nextToken === undefined) break;
    next = await read(next.nextToken);
    looked += next.items.length;
    const pushed = behindLast(next);
    if (pushed > 0) return { page: next, offset: pushed };
  } while (looked < offset + shown.length);
  return { page, offset };
}
