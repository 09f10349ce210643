import { EcsError } from '../core/errors.ts';
import { LISTS, type ListInput, type ListItem, type ListOperation } from '../core/list-operations.ts';
import type { Input, OperationName, Output } from '../core/operations.ts';
import { PageTrail } from './page-loop-guard.ts';

/** The part of a request's session that reads lists. */
export interface ListReader {
  read<Op extends OperationName>(operation: Op, input: Input<Op>): Promise<Output<Op>>;
  /** Whether the input names a resource that a recent write created. */
  namesNew(input: object): boolean;
}

/** One page of a list, as ECS returned it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque; undefined on the last page. ECS may return an empty page with a token. */
  readonly nextToken: string | undefined;
}

/**
 * Reads one page of the largest size that ECS allows, so that a token means the same position for every caller.
 * @throws {EcsError} PAGINATION_EXPIRED if ECS no longer accepts the token
 */
export async function listPage<Op extends ListOperation>(
  session: ListReader,
  operation: Op,
  input: ListInput<Op>,
  token?: string,
): Promise<Page<ListItem<Op>>> {
  const list = LISTS[operation];
  const request = { ...input, maxResults: list.page, ...(token === undefined ? {} : { nextToken: token }) };
  const output = await readOrEmpty(session, operation, request as Input<Op>).catch((error: unknown) => {
    throw token === undefined ? error : asExpired(error);
  });
  const items = (list.items as (output: Output<Op>) => readonly ListItem<Op>[] | undefined)(output) ?? [];
  return { items, nextToken: (output as { nextToken?: string }).nextToken || undefined };
}

/** ECS has no exception for an expired token. It accepted the rest of the input for the previous page. */
function asExpired(error: unknown): unknown {
  if (!(error instanceof EcsError) || error.code !== 'INVALID_PARAMETER') return error;
  const { operation, message, awsCode, requestId } = error;
  return new EcsError('PAGINATION_EXPIRED', operation, `The cursor is too old for ECS: ${message}`, {
    awsCode,
    requestId,
    cause: error,
  });
}

/** If ECS does not know a new parent resource yet, its list is empty. */
async function readOrEmpty<Op extends ListOperation>(
  session: ListReader,
  operation: Op,
  input: Input<Op>,
): Promise<Output<Op>> {
  try {
    return await session.read(operation, input);
  } catch (error) {
    const isTooEarly = error instanceof EcsError && error.code === 'NOT_FOUND' && session.namesNew(input);
    if (isTooEarly) return {} as Output<Op>;
    throw error;
  }
}

/** Reads every page and passes each to `onPage` before it requests the next. */
export async function listAll<Op extends ListOperation>(
  session: ListReader,
  operation: Op,
  input: ListInput<Op>,
  onPage?: (items: readonly ListItem<Op>[]) => void,
): Promise<ListItem<Op>[]> {
  const all: ListItem<Op>[] = [];
  const trail = new PageTrail(operation);
  let token: string | undefined;
  do {
    const page = await listPage(session, operation, input, token);
    onPage?.(page.items);
    all.push(...page.items);
    token = trail.follow(page.nextToken);
  } while (token !== undefined);
  return all;
}
