import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListOperation } from '../../../src/ecs/core/list-operations.ts';
import type { ListCorrection } from '../../../src/ecs/lists/list-correction.ts';
import type { EcsSession } from '../../../src/ecs/request-session.ts';
import { BEGINNING, decodeCursor, encodeCursor, type TokenPlace } from '../../../src/schema/connections/cursor.ts';
import { BY_ITSELF, readTokenList } from '../../../src/schema/connections/token-list.ts';

const PAGE = 4;
const byText = (one: string, other: string) => (one < other ? -1 : Number(one > other));

/** Two lists of the product: one whose order ECS documents, and one in an order that only ECS knows. */
const LISTS = { inOrder: 'ListTaskDefinitionFamilies', unordered: 'ListServices' } as const;
const MEMBER = { ListTaskDefinitionFamilies: 'families', ListServices: 'serviceArns' } as const;
type Listed = keyof typeof MEMBER;

interface FakeList {
  readonly items: readonly string[];
  /** Where ECS keeps an item: tokens are the places that they are behind, as in DynamoDB. */
  readonly placeOf?: (item: string) => string;
  readonly added?: readonly string[];
  readonly gone?: readonly string[];
  /** How many items ECS puts on the next page. */
  readonly pageSize?: () => number;
}

/** An ECS that lists items, 4 on a page by default. */
function sessionOf({ items, placeOf = (item) => item, added = [], gone = [], pageSize = () => PAGE }: FakeList) {
  const placed = items.toSorted((one, other) => byText(placeOf(one), placeOf(other)));
  const calls: (string | undefined)[] = [];
  const correction = (operation: ListOperation): ListCorrection => ({
    order: operation === LISTS.inOrder ? byText : undefined,
    gone: async (keys) => new Set(keys.filter((key) => gone.includes(key))),
    candidates: (keys) => added.filter((key) => !keys.includes(key)),
    belonging: async (candidates) => [...candidates],
  });
  const session = {
    correctionOf: (operation: ListOperation) => (added.length + gone.length === 0 ? undefined : correction(operation)),
    async read(operation: Listed, { nextToken }: { nextToken?: string }) {
      calls.push(nextToken);
      const rest = nextToken === undefined ? placed : placed.filter((item) => byText(placeOf(item), nextToken) > 0);
      const page = rest.slice(0, pageSize());
      const last = page.at(-1);
      const goesOn = last !== undefined && rest.length > page.length;
      return { [MEMBER[operation]]: page, ...(goesOn ? { nextToken: placeOf(last) } : {}) };
    },
  } as unknown as EcsSession;
  return { session, calls };
}

async function readOn(session: EcsSession, operation: Listed, first: number, start: TokenPlace) {
  const items: string[] = [];
  const stretch = { first, start, naming: BY_ITSELF };
  const { hasMore, placeOf } = await readTokenList(session, operation, {}, stretch, (item) => items.push(item));
  const cursors = items.map((_item, index) => encodeCursor('list', placeOf(index)));
  const places = cursors.map((cursor) => decodeCursor('list', cursor) as TokenPlace);
  return { items, cursors, places, hasMore };
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 14 });

describe('a list that ECS pages, read page by page while ECS catches up with writes', () => {
  it.each([
    ['in no order', LISTS.unordered],
    ['in order', LISTS.inOrder],
  ])('%s shows what there is once, and nothing that was deleted', async (_name, operation) => {
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
          const { session: stale } = sessionOf({ items: [...old, ...gone], added, gone });
          const { session: caughtUp } = sessionOf({ items: [...old, ...added], added, gone });
          const { session: forgotten } = sessionOf({ items: [...old, ...added] });
          const shown: string[] = [];
          let place: TokenPlace | undefined = BEGINNING;
          for (let request = 0; place !== undefined; request += 1) {
            const session = request < catchUp ? stale : request < catchUp + forget ? caughtUp : forgotten;
            const { items, places, hasMore } = await readOn(session, operation, first, place);
            shown.push(...items);
            place = hasMore ? places.at(-1) : undefined;
          }
          expect(new Set(shown).size).toBe(shown.length);
          expect([...shown].sort(byText)).toEqual([...old, ...added].sort(byText));
          if (operation === LISTS.inOrder) expect(shown).toEqual([...shown].sort(byText));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** One life of a name: what is deleted and created again is another thing. */
interface Life {
  readonly name: string;
  readonly place: string;
}

interface Step {
  /** Which of the lives that are there end: by how far they are from the place, where that is negative before it. */
  readonly deleted: readonly number[];
  /** Names to create, or to create again. */
  readonly created: readonly string[];
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

const step: fc.Arbitrary<Step> = fc.record({
  deleted: fc.array(fc.integer({ min: -8, max: 8 }), { maxLength: 12 }),
  created: fc.array(fc.stringMatching(/^[a-d]{1,2}$/), { maxLength: 4 }),
});

describe('a list that ECS pages, while things are created and deleted between the pages', () => {
  it.each([
    ['in an order by the names that only ECS knows', LISTS.unordered, (name: string) => hashOf(name)],
    ['with what is new behind all else', LISTS.unordered, (_name: string, serial: string) => serial],
    ['in a known order', LISTS.inOrder, (name: string) => name],
  ])('%s, shows once what was there all the time, from any cursor', async (_name, operation, toPlace) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.stringMatching(/^[a-d]{1,3}$/), { maxLength: 20 }),
        fc.infiniteStream(fc.integer({ min: 1, max: PAGE })),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(5), step), { maxLength: 12 }),
        async (initial, sizes, requests) => {
          let serial = 0;
          const live = (name: string): Life => {
            serial += 1;
            return { name, place: toPlace(name, String(serial).padStart(4, '0')) };
          };
          let lives = initial.map(live);
          const shown: Life[] = [];
          let allTheTime = new Set(lives);
          let start: TokenPlace = BEGINNING;
          let hasMore = true;
          for (let request = 0; hasMore; request += 1) {
            const [first = 3, back = 0, change] = requests[request] ?? [];
            const byName = new Map(lives.map((life) => [life.name, life]));
            const { session } = sessionOf({
              items: [...byName.keys()],
              placeOf: (name) => byName.get(name)?.place ?? '',
              pageSize: () => sizes.next().value,
            });
            const page = await readOn(session, operation, first, start);
            // A client goes on behind the last item that it shows: not always the last of the page.
            const kept = Math.max(1, page.items.length - back);
            hasMore = page.hasMore || page.items.length > kept;
            for (const name of page.items.slice(0, kept)) {
              const life = byName.get(name);
              expect(life, name).toBeDefined();
              if (life !== undefined) shown.push(life);
            }
            for (const cursor of page.cursors) expect(cursor.length).toBeLessThan(MOST_CURSOR);
            start = page.places[kept - 1] ?? start;
            if (page.items.length === 0) break;
            if (change === undefined) continue;
            const sorted = lives.toSorted((one, other) => byText(one.place, other.place));
            const at = sorted.findIndex(({ place }) => place === shown.at(-1)?.place);
            const ended = new Set(change.deleted.map((distance) => sorted[at + distance]));
            lives = lives.filter((life) => !ended.has(life));
            for (const name of change.created) if (!lives.some((life) => life.name === name)) lives.push(live(name));
            allTheTime = new Set([...allTheTime].filter((life) => !ended.has(life)));
          }
          expect(new Set(shown).size).toBe(shown.length);
          expect(new Set(shown)).toEqual(new Set([...shown, ...allTheTime]));
          const steady = shown.filter((life) => allTheTime.has(life)).map(({ place }) => place);
          expect(steady).toEqual(steady.toSorted(byText));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  /** Of a page of 4 and marks carried along. */
  const MOST_CURSOR = 400;

  it.each([
    ['all that the page showed', 10],
    ['all but the last that the page showed', 9],
    ['the last that the page showed', 1],
  ])('shows the remaining items if another client deletes %s, each page in one call', async (_name, count) => {
    let items = Array.from({ length: 30 }, (_, index) => `s${String(index).padStart(2, '0')}`);
    const all = [...items];
    const shown: string[] = [];
    let place: TokenPlace | undefined = BEGINNING;
    while (place !== undefined) {
      const { session, calls } = sessionOf({ items, pageSize: () => 100 });
      const page = await readOn(session, LISTS.unordered, 10, place);
      expect(calls).toHaveLength(1);
      expect(page.cursors.at(-1)?.length).toBeLessThan(250);
      shown.push(...page.items);
      items = items.filter((item) => !page.items.slice(-count).includes(item));
      place = page.hasMore ? page.places.at(-1) : undefined;
    }
    expect(shown).toEqual(all);
  });

  it('keeps cursors short where a script deletes thousands, page by page', async () => {
    let items = Array.from({ length: 3_000 }, (_, index) => String(index).padStart(4, '0'));
    const all = [...items];
    const shown: string[] = [];
    let longest = 0;
    let place: TokenPlace | undefined = BEGINNING;
    while (place !== undefined) {
      const { session } = sessionOf({ items, pageSize: () => 100 });
      const page = await readOn(session, LISTS.unordered, 30, place);
      longest = Math.max(longest, ...page.cursors.map(({ length }) => length));
      shown.push(...page.items);
      items = items.filter((item) => !page.items.includes(item));
      place = page.hasMore ? page.places.at(-1) : undefined;
    }
    expect(shown).toEqual(all);
    expect(longest).toBeLessThan(300);
  });

  it('reads no page twice where it goes on behind a whole one, in an order too', async () => {
    for (const operation of Object.values(LISTS)) {
      const { session, calls } = sessionOf({ items: [...'abcdefgh'], added: ['dd'] });
      const { places, items } = await readOn(session, operation, operation === LISTS.inOrder ? 4 : 5, BEGINNING);
      expect(items).toEqual([...(operation === LISTS.inOrder ? [] : ['dd']), 'a', 'b', 'c', 'd']);
      const rest = await readOn(session, operation, 9, places.at(-1) ?? BEGINNING);
      expect(rest.items).toEqual([...(operation === LISTS.inOrder ? ['dd'] : []), 'e', 'f', 'g', 'h']);
      expect(calls).toEqual([undefined, 'd']);
    }
  });

  it('goes on behind the last item where items before it have come or gone', async () => {
    const { places } = await readOn(sessionOf({ items: [...'bcde'] }).session, LISTS.unordered, 2, BEGINNING);
    const place = places[1] ?? BEGINNING;
    const { items: fewer } = await readOn(sessionOf({ items: [...'cde'] }).session, LISTS.unordered, 9, place);
    expect(fewer).toEqual(['d', 'e']);
    const { items: more } = await readOn(sessionOf({ items: [...'bbcde'] }).session, LISTS.unordered, 9, place);
    expect(more).toEqual(['d', 'e']);
  });

  it('shows more than a thousand early items no more, and all of a hundred and fifty', async () => {
    const added = Array.from({ length: 150 }, (_, index) => `n${index}`);
    const { session } = sessionOf({ items: [...'abc'], added });
    const shown: string[] = [];
    let place: TokenPlace | undefined = BEGINNING;
    while (place !== undefined) {
      const { items, places, hasMore } = await readOn(session, LISTS.unordered, 40, place);
      shown.push(...items);
      place = hasMore ? places.at(-1) : undefined;
    }
    expect(shown).toEqual([...added, ...'abc']);
  });
});
