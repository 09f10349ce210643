import { createHash } from 'node:crypto';
import { invalidParameter } from './ecs-errors.ts';

export interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

export interface PageLimits {
  readonly fallback: number;
  readonly max: number;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextToken?: string;
}

/** A token is valid only for the same operation with the same filters. */
function fingerprint(request: object): string {
  const { nextToken: _token, maxResults: _max, ...filters } = request as PageRequest & Record<string, unknown>;
  const sorted = Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('base64url').slice(0, 12);
}

function readToken(token: string, bound: string): string {
  const [print, key] = Buffer.from(token, 'base64url').toString().split('\n', 2);
  if (print !== bound || key === undefined) throw invalidParameter('Invalid token.');
  return key;
}

/**
 * One page of an ordered sequence. The token holds the key of the last item, so that items created or deleted between
 * two pages neither repeat nor hide others. `isAfter` says whether an item follows such a key.
 */
export function paginate<T>(
  operation: string,
  request: PageRequest,
  limits: PageLimits,
  items: Iterable<T>,
  keyOf: (item: T) => string,
  isAfter: (item: T, key: string) => boolean,
): Page<T> {
  const rest = (after: string): Iterable<T> => [...items].filter((item) => isAfter(item, after));
  return pageOf(operation, request, limits, (after) => (after === undefined ? items : rest(after)), keyOf);
}

function pageOf<T>(
  operation: string,
  request: PageRequest,
  limits: PageLimits,
  itemsAfter: (key: string | undefined) => Iterable<T>,
  keyOf: (item: T) => string,
): Page<T> {
  const size = request.maxResults ?? limits.fallback;
  if (!Number.isInteger(size) || size < 1 || size > limits.max) {
    throw invalidParameter(`Invalid maxResults: must be between 1 and ${limits.max}.`);
  }
  const bound = fingerprint({ operation, ...request });
  const after = request.nextToken === undefined ? undefined : readToken(request.nextToken, bound);
  const page: T[] = [];
  for (const item of itemsAfter(after)) {
    if (page.length === size) {
      const last = page[page.length - 1];
      const key = last === undefined ? '' : keyOf(last);
      return { items: page, nextToken: Buffer.from(`${bound}\n${key}`).toString('base64url') };
    }
    page.push(item);
  }
  return { items: page };
}

function* behind<T extends { readonly sequence: number }>(records: Iterable<T>, sequence: number): Generator<T> {
  for (const record of records) if (record.sequence > sequence) yield record;
}

/**
 * Pages records in order of creation. `select` filters the records after the token, so that the last page of a long
 * list does not filter all earlier pages again.
 */
export function paginateRecords<T extends { readonly sequence: number }>(
  operation: string,
  request: PageRequest,
  limits: PageLimits,
  records: Iterable<T>,
  select: (records: Iterable<T>) => Iterable<T> = (all) => all,
): Page<T> {
  return pageOf(
    operation,
    request,
    limits,
    (after) => select(after === undefined ? records : behind(records, Number(after))),
    (record) => String(record.sequence),
  );
}

export const PAGE_OF_100: PageLimits = { fallback: 100, max: 100 };
