import type { ListInput, ListItem, ListOperation } from '../../ecs/core/list-operations.ts';
import type { EcsSession } from '../../ecs/request-session.ts';
import { badUserInput } from '../core/errors.ts';
import type { MaybePromise } from '../core/maybe-promise.ts';
import { type Count, countList, exactly } from './count-list.ts';
import { BEGINNING, decodeCursor, encodeCursor, type Place } from './cursor.ts';
import { BY_ITSELF, type Naming, readTokenList } from './token-list.ts';

/** The source of every connection. */
export interface ConnectionSource<Node> {
  /** Counts the whole list. Absent: no more is known than the page shows. */
  readonly countAll?: () => Promise<Count> | Count;
  /** How many items were listed for the page, with those that are not shown. Absent: as many as are shown. */
  readonly listed?: number;
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** The arguments of every connection. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** Called with the length of a list, when all items are listed and are being described. */
export type OnListed = (count: number) => void;

export const DEFAULT_FIRST = 100;
export const MOST_FIRST = 1_000;

/** The position after the item at an index. Called only if a cursor is selected: most callers read `nodes`. */
export type PlaceOf = (index: number) => Place;

/**
 * A connection over a list that ECS pages. Reads as many pages as `first` needs. What `toNode` starts for one page runs
 * while the next page is read.
 * @param toNode null for an item that has been deleted since it was listed: it is omitted
 * @param naming how to identify an item; by default the item itself, in lists of ARNs
 */
export async function pagedConnection<Op extends ListOperation, Node>(
  session: EcsSession,
  page: PageArguments & { readonly binding: string; readonly onListed?: OnListed | undefined },
  operation: Op,
  input: ListInput<Op>,
  toNode: (item: ListItem<Op>) => MaybePromise<Node | null>,
  naming: Naming<ListItem<Op>> = BY_ITSELF,
): Promise<ConnectionSource<Node>> {
  const first = checkedFirst(page);
  const start = isFromStart(page) ? BEGINNING : decodeCursor(page.binding, page.after ?? '');
  if (!('token' in start)) throw badUserInput('after', 'is not a cursor of this list');
  const nodes: MaybePromise<Node | null>[] = [];
  let isMoreThanAsked = false;
  // Even an empty page reads one item: only the list can say whether there is a next page.
  const stretch = { first: Math.max(first, 1), start, naming };
  const { hasMore, placeOf } = await readTokenList(session, operation, input, stretch, (item) => {
    if (first === 0) isMoreThanAsked = true;
    else nodes.push(guarded(toNode(item)));
  });
  page.onListed?.(nodes.length);
  const isWhole = isFromStart(page) && first > 0 && !hasMore;
  const countAll = isWhole ? () => exactly(nodes.length) : () => countList(session, operation, input, naming);
  return toConnection(page, await allOf(nodes), placeOf, hasMore || isMoreThanAsked, countAll);
}

/** Prevents an unhandled rejection if the node fails before anything awaits it. */
export function guarded<Node>(node: MaybePromise<Node>): MaybePromise<Node> {
  if (node instanceof Promise) node.catch(() => undefined);
  return node;
}

/** Waits for the nodes. If all are values, as in a list that is read again, no promise is created. */
export function allOf<Node>(nodes: readonly MaybePromise<Node>[]): MaybePromise<readonly Node[]> {
  return isAllThere(nodes) ? nodes : Promise.all(nodes);
}

function isAllThere<Node>(nodes: readonly MaybePromise<Node>[]): nodes is readonly Node[] {
  return !nodes.some((node) => node instanceof Promise);
}

/** A connection over a complete list of keys (ARNs, names), sorted, or sorted backwards: its cursors never expire. */
export async function keyedConnection<Node>(
  page: PageArguments & { readonly binding: string },
  keys: readonly string[],
  toNode: (key: string) => MaybePromise<Node | null>,
  { isDescending = false }: { readonly isDescending?: boolean } = {},
): Promise<ConnectionSource<Node>> {
  const first = checkedFirst(page);
  const start = isFromStart(page) ? undefined : decodeCursor(page.binding, page.after ?? '');
  if (start !== undefined && !('key' in start)) throw badUserInput('after', 'is not a cursor of this list');
  const isBehind = (key: string, place: string) => (isDescending ? key < place : key > place);
  const rest = start === undefined ? keys : keys.filter((key) => isBehind(key, start.key));
  const nodes = await allOf(rest.slice(0, first).map(toNode));
  const placeOf = (index: number) => ({ key: rest[index] ?? '' });
  return toConnection(page, nodes, placeOf, rest.length > nodes.length, () => exactly(keys.length));
}

/** @throws BAD_USER_INPUT naming `first` */
export function checkedFirst({ first }: PageArguments): number {
  const wanted = first ?? DEFAULT_FIRST;
  if (wanted < 0 || wanted > MOST_FIRST) throw badUserInput('first', `must be from 0 to ${MOST_FIRST}, not ${wanted}`);
  return wanted;
}

/** Whether a page is the first of its list. Some clients send an empty string for a missing cursor. */
export function isFromStart({ after }: PageArguments): boolean {
  return after == null || after === '';
}

/** The connection over the listed items, null for deleted ones. `hasNextPage` says whether more may follow. */
export function toConnection<Node>(
  page: PageArguments & { readonly binding: string },
  listed: readonly (Node | null)[],
  placeOf: PlaceOf,
  hasNextPage: boolean,
  countAll?: ConnectionSource<Node>['countAll'],
): ConnectionSource<Node> {
  const isThere = (node: Node | null): node is Node => node !== null && node !== undefined;
  const cursorAt = (index: number) => (index < 0 ? null : encodeCursor(page.binding, placeOf(index)));
  return {
    ...(countAll && { countAll }),
    listed: listed.length,
    get edges() {
      const { binding } = page;
      return listed.flatMap((node, index) =>
        isThere(node) ? [{ cursor: encodeCursor(binding, placeOf(index)), node }] : [],
      );
    },
    nodes: listed.filter(isThere),
    pageInfo: {
      hasNextPage,
      hasPreviousPage: !isFromStart(page),
      // A cursor contains digests of the items before it, so it is created only if it is selected.
      get startCursor() {
        return cursorAt(listed.findIndex(isThere));
      },
      get endCursor() {
        return cursorAt(listed.length - 1);
      },
    },
  };
}
