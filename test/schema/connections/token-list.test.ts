import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListCorrection } from '../../../src/ecs/lists/list-correction.ts';
import type { EcsSession } from '../../../src/ecs/request-session.ts';
import { decodeCursor, encodeCursor, type TokenPlace } from '../../../src/schema/connections/cursor.ts';
import { BY_ITSELF, readTokenList } from '../../../src/schema/connections/token-list.ts';

const PAGE = 4;
const byText = (one: string, other: string) => (one < other ? -1 : Number(one > other));

/** An ECS that lists `items`, a page of 4 at a time. Its tokens are the items that they are behind, as DynamoDB's. */
function sessionOf(
  items: readonly string[],
  order: ListCorrection['order'],
  added: readonly string[],
  gone: readonly string[],
) {
  const correction: ListCorrection = {
    order,
    gone: async (arns) => new Set(arns.filter((arn) => gone.includes(arn))),
    missing: async (arns) => added.filter((arn) => !arns.includes(arn)),
  };
  return {
    correctionOf: () => (added.length + gone.length === 0 ? undefined : correction),
    async read(_operation: string, { nextToken }: { nextToken?: string }) {
      const rest = nextToken === undefined ? items : items.filter((item) => byText(item, nextToken) > 0);
      const serviceArns = rest.slice(0, PAGE);
      return { serviceArns, ...(rest.length > PAGE ? { nextToken: serviceArns.at(-1) } : {}) };
    },
  } as unknown as EcsSession;
}

async function readOn(session: EcsSession, first: number, start: TokenPlace) {
  const items: string[] = [];
  const places: TokenPlace[] = [];
  const hasMore = await readTokenList(
    session,
    'ListServices',
    {},
    { first, start, naming: BY_ITSELF },
    (item, place) => {
      items.push(item);
      places.push(decodeCursor('list', encodeCursor('list', place())) as TokenPlace);
    },
  );
  return { items, places, hasMore };
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 14 });

describe('a list that ECS pages, read page by page while ECS catches up with writes', () => {
  it.each([
    ['in no order', undefined],
    ['in order', byText],
  ])('%s shows what there is once, and nothing that was deleted', async (_name, order) => {
    const split = fc.tuple(names, fc.array(fc.constantFrom('old', 'new', 'gone'), { minLength: 14, maxLength: 14 }));
    await fc.assert(
      fc.asyncProperty(
        split,
        fc.integer({ min: 1, max: 6 }),
        fc.nat(4),
        fc.nat(4),
        async ([all, kinds], first, catchUp, forget) => {
          const of = (kind: string) => all.filter((_item, index) => kinds[index] === kind).sort(byText);
          const [old, added, gone] = [of('old'), of('new'), of('gone')];
          const stale = sessionOf([...old, ...gone].sort(byText), order, added, gone);
          const caughtUp = sessionOf([...old, ...added].sort(byText), order, added, gone);
          const forgotten = sessionOf([...old, ...added].sort(byText), order, [], []);
          const shown: string[] = [];
          let place: TokenPlace | undefined = { token: null, offset: 0 };
          for (let request = 0; place !== undefined; request += 1) {
            const { items, places, hasMore } = await readOn(
              request < catchUp ? stale : request < catchUp + forget ? caughtUp : forgotten,
              first,
              place,
            );
            shown.push(...items);
            place = hasMore ? places.at(-1) : undefined;
          }
          expect(new Set(shown).size).toBe(shown.length);
          expect([...shown].sort(byText)).toEqual([...old, ...added].sort(byText));
          if (order !== undefined) expect(shown).toEqual([...shown].sort(order));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('goes on behind the last item where items before it have come or gone', async () => {
    const { places } = await readOn(sessionOf(['b', 'c', 'd', 'e'], undefined, [], []), 2, { token: null, offset: 0 });
    const [, place = { token: null, offset: 0 }] = places;
    const { items: more } = await readOn(sessionOf(['a', 'b', 'c', 'd', 'e'], undefined, [], []), 9, place);
    expect(more).toEqual(['d', 'e']);
    const { items: fewer } = await readOn(sessionOf(['c', 'd', 'e'], undefined, [], []), 9, place);
    expect(fewer).toEqual(['d', 'e']);
  });
});
