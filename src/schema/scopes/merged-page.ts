import type { GraphQLResolveInfo } from 'graphql';
import { type Count, sumOf } from '../connections/count-list.ts';
import { listBinding } from '../connections/cursor.ts';
import { type ConnectionSource, checkedFirst, isFromStart, type PageArguments } from '../connections/pagination.ts';
import type { GraphContext } from '../core/context.ts';
import type { ScopeEntry } from '../core/scopes.ts';
import { type Failure, reportFailures, settleScopes } from './across.ts';
import { decodeScopesCursor, END, encodeScopesCursor, type Position, type Positions } from './scopes-cursor.ts';
import type { Args } from './select-scopes.ts';

type Connection = ConnectionSource<object>;

/** The list in one scope. */
export interface ListPart {
  readonly context: GraphContext;
  readonly args: Args;
  /** The object with the list. */
  readonly source: unknown;
}

/** Reads a page of the list in one scope. */
export type ReadPage = (part: ListPart, page: PageArguments) => unknown;

/** The part of a page that comes from one scope. */
interface Stretch {
  readonly part: ListPart;
  readonly context: GraphContext;
  readonly start: Position;
  /** In order: more than one if other scopes had less than their share. */
  readonly pages: Connection[];
  position: Position;
  hasFailed: boolean;
}

/**
 * A page over the lists of several scopes, in the order of the configuration. Each scope gives its share of `first`; what scopes with short lists
 * leave over is read from the others. So nothing is read that is not shown, and the page takes as long as its slowest scope.
 * A cursor holds the position in each scope.
 */
export class MergedPage {
  readonly #binding: string;
  readonly #isFromStart: boolean;
  readonly #stretches: readonly Stretch[];
  readonly #read: ReadPage;

  private constructor(binding: string, page: boolean, stretches: readonly Stretch[], read: ReadPage) {
    this.#binding = binding;
    this.#isFromStart = page;
    this.#stretches = stretches;
    this.#read = read;
  }

  /**
   * @throws {GraphQLError} BAD_USER_INPUT; what the first scope threw, if all failed
   */
  static async read(
    context: GraphContext,
    info: GraphQLResolveInfo,
    parts: readonly ListPart[],
    page: PageArguments,
    read: ReadPage,
  ): Promise<MergedPage> {
    const first = checkedFirst(page);
    const binding = listBinding('scopes', info.fieldName);
    const positions = isFromStart(page) ? new Map<string, Position>() : decodeScopesCursor(binding, page.after ?? '');
    const stretches = parts.map((part): Stretch => {
      const start = positions.get(keyOf(part.context.scope)) ?? null;
      return { part, context: part.context, start, pages: [], position: start, hasFailed: false };
    });
    const failed: Failure[] = [];
    let left = first;
    let open = stretches.filter(isOpen);
    do {
      const { values, failures } = await settleScopes(sharesOf(left, open), ({ stretch, first }) => {
        const after = stretch.position === END ? null : stretch.position;
        return read(stretch.part, { first, after }) as Promise<Connection>;
      });
      failed.push(...failures);
      for (const { entry } of failures) {
        const stretch = stretches.find(({ context }) => context.scope === entry);
        if (stretch !== undefined) stretch.hasFailed = true;
      }
      const [before, wereOpen] = [left, open.length];
      for (const { part, value } of values) {
        const { stretch } = part;
        stretch.pages.push(value);
        stretch.position = positionAfter(value, stretch.position);
        left -= value.listed ?? value.nodes.length;
      }
      open = stretches.filter(isOpen);
      // Nothing more comes from what is still open: items that ECS announces, and never lists.
      if (left === before && open.length === wereOpen) break;
    } while (left > 0 && open.length > 0);
    const isEmpty = stretches.every(({ pages }) => pages.length === 0);
    reportFailures(failed, isEmpty, context, info);
    return new MergedPage(binding, isFromStart(page), stretches, read);
  }

  /** The pages of the scopes, for fields of which each scope has its own part. */
  get pages(): readonly { readonly context: GraphContext; readonly value: Connection }[] {
    return this.#stretches.flatMap(({ context, pages }) => pages.map((value) => ({ context, value })));
  }

  /** The cursor of an item, from its cursor in its scope. */
  cursorOf({ scope }: GraphContext, cursor: string): string {
    const at = this.#stretches.findIndex(({ context }) => context.scope === scope);
    return this.#encode((index) => {
      const stretch = this.#stretches[index] as Stretch;
      if (index === at) return isLastOf(stretch, cursor) ? stretch.position : cursor;
      return index < at ? stretch.position : stretch.start;
    });
  }

  get pageInfo(): Connection['pageInfo'] {
    const shown = this.pages.filter(({ value }) => value.pageInfo.endCursor !== null);
    const [first] = shown;
    const cursorOf = this.cursorOf.bind(this);
    const encode = this.#encode.bind(this);
    const stretches = this.#stretches;
    return {
      hasNextPage: stretches.some(isOpen),
      hasPreviousPage: !this.#isFromStart,
      get startCursor() {
        const cursor = first?.value.pageInfo.startCursor ?? null;
        return first === undefined || cursor === null ? null : cursorOf(first.context, cursor);
      },
      get endCursor() {
        return shown.length === 0 ? null : encode((index) => stretches[index]?.position ?? null);
      },
    };
  }

  /** Counts the lists of all scopes. A scope of which the page shows nothing is asked for an empty page first. */
  async count(
    info: GraphQLResolveInfo,
    context: GraphContext,
    countOf: (connection: Connection, context: GraphContext) => unknown,
  ): Promise<Count> {
    const { values, failures } = await settleScopes(this.#stretches, async ({ part, pages }) => {
      const page = pages[0] ?? ((await this.#read(part, { first: 0, after: null })) as Connection);
      return (await countOf(page, part.context)) as Count;
    });
    reportFailures(failures, values.length === 0, context, info);
    return sumOf(values.map(({ value }) => value));
  }

  #encode(positionOf: (index: number) => Position): string {
    const positions: Positions = new Map(
      this.#stretches.map(({ context }, index) => [keyOf(context.scope), positionOf(index)]),
    );
    return encodeScopesCursor(this.#binding, positions);
  }
}

interface Share {
  readonly stretch: Stretch;
  readonly context: GraphContext;
  readonly first: number;
}

/** Divides the items that a page still needs among the scopes whose lists go on. */
function sharesOf(left: number, open: readonly Stretch[]): Share[] {
  const each = Math.floor(left / open.length);
  const more = left % open.length;
  const shares = open.map((stretch, index) => ({
    stretch,
    context: stretch.context,
    first: each + (index < more ? 1 : 0),
  }));
  // An empty page says whether there is anything.
  return left === 0 ? shares : shares.filter(({ first }) => first > 0);
}

function isOpen({ position, hasFailed }: Stretch): boolean {
  return position !== END && !hasFailed;
}

function positionAfter({ pageInfo }: Connection, before: Position): Position {
  if (!pageInfo.hasNextPage) return END;
  return pageInfo.endCursor ?? before;
}

function isLastOf({ pages }: Stretch, cursor: string): boolean {
  return pages.at(-1)?.pageInfo.endCursor === cursor;
}

function keyOf({ scope }: ScopeEntry): string {
  return `${scope.account}/${scope.region}`;
}
