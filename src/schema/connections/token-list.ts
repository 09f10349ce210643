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

function keysOf<Item>(items: readonly Item[], keyOf: Naming<Item>['keyOf']): readonly string[] {
  if (keyOf === BY_ITSELF.keyOf && isTexts(items)) return items;
  return items.map((item) => keyOf(item) ?? JSON.stringify(item));
}

function isTexts(items: readonly unknown[]): items is readonly string[] {
  return items.every((item) => typeof item === 'string');
}

/** The result of reading a part of a list. */
export interface ReadList {
  /** Whether the list continues. */
  readonly hasMore: boolean;
  /** The position after the item at an index. Computed on demand, because most callers select no cursor. */
  readonly placeOf: (index: number) => TokenPlace;
}

/**
 * Reads a list that ECS pages from a position in it, corrected by recent writes.
 * @param onItem receives each item as soon as its page has arrived
 */
export async function readTokenList<Op extends ListOperation>(
  session: EcsSession,
  operation: Op,
  input: ListInput<Op>,
  { first, start, naming }: Stretch<ListItem<Op>>,
  onItem: (item: ListItem<Op>) => void,
): Promise<ReadList> {
  const { keyOf, itemOf = (key) => key as ListItem<Op> } = naming;
  const order = orderOf(operation, input);
  const correction = session.correctionOf(operation, input);
  const early = new EarlyItems(correction, start.shown);
  const trail = new PageTrail(operation);
  let { passed } = start;
  let isFirstPage = true;
  const places = new Places(order !== undefined);
  for (let token = start.token; ; ) {
    const { items, nextToken } = await listPage(session, operation, input, token ?? undefined);
    const keys = keysOf(items, keyOf);
    const page = new PassedPage(keys, { token, nextToken, passed, next: start.next, inOrder: order !== undefined });
    early.skip(page.missed);
    if (isFirstPage) early.begin(keys, { isStart: token === null && !start.begun, last: start.last });
    else early.leaveOut(keys);
    const gone = (await correction?.gone(keys)) ?? NOTHING;
    places.open({ page, gone, isBegun: start.begun || token !== null });
    let offset = 0;
    while (places.count < first) {
      const key = keys[offset];
      const isEnd = key === undefined && nextToken === undefined;
      const before =
        early.isLeft && !page.hasPassed(offset) ? await early.takeBefore(key, isEnd, first - places.count) : undefined;
      if (before !== undefined) {
        places.add(offset, before, early.shown);
        onItem(itemOf(before));
        continue;
      }
      if (key === undefined) break;
      offset += 1;
      if (page.hasPassed(offset - 1) || gone.has(key) || early.wasShown(key)) continue;
      places.add(offset, key, early.shown);
      onItem(items[offset - 1] as ListItem<Op>);
    }
    if (places.count >= first) {
      const isLeft = keys.some(
        (key, at) => at >= offset && !page.hasPassed(at) && !gone.has(key) && !early.wasShown(key),
      );
      return places.read(isLeft || nextToken !== undefined || early.isLeft);
    }
    if (nextToken === undefined) return places.read(false);
    token = trail.follow(nextToken);
    passed = [];
    isFirstPage = false;
  }
}

/** A page whose items are in the result. */
interface OpenPage {
  readonly page: PassedPage;
  readonly gone: ReadonlySet<string>;
  readonly isBegun: boolean;
}

/** The positions of the items in the result. A list can have thousands of items, so the parts of positions are kept in arrays. */
class Places {
  readonly #inOrder: boolean;
  readonly #pages: OpenPage[] = [];
  readonly #pageOf: number[] = [];
  readonly #offsets: number[] = [];
  readonly #keys: string[] = [];
  readonly #shown: (readonly string[])[] = [];

  constructor(inOrder: boolean) {
    this.#inOrder = inOrder;
  }

  get count(): number {
    return this.#keys.length;
  }

  open(page: OpenPage): void {
    this.#pages.push(page);
  }

  add(offset: number, key: string, shown: readonly string[]): void {
    this.#pageOf.push(this.#pages.length - 1);
    this.#offsets.push(offset);
    this.#keys.push(key);
    this.#shown.push(shown);
  }

  read(hasMore: boolean): ReadList {
    return { hasMore, placeOf: (index) => this.#placeOf(index) };
  }

  #placeOf(index: number): TokenPlace {
    const [open, offset, key] = [this.#pages[this.#pageOf[index] ?? -1], this.#offsets[index], this.#keys[index]];
    if (open === undefined || offset === undefined || key === undefined) throw new RangeError(`No item ${index}.`);
    return {
      ...open.page.behind(offset, open.gone),
      shown: this.#shown[index] ?? [],
      begun: open.isBegun || offset > 0,
      ...(this.#inOrder && { last: key }),
    };
  }
}
