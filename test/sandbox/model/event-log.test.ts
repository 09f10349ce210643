import { describe, expect, it } from 'vitest';
import { EventLog, type RowFormat } from '../../../src/sandbox/model/event-log.ts';
import { Random } from '../../../src/sandbox/util/random.ts';

const PLACE = { region: 'eu-west-1', account: '123456789012' };
const KEPT = 10_000;

function logOf(count: number): EventLog {
  const log = new EventLog(new Random(1));
  for (let number = 1; number <= count; number += 1) {
    log.add({ at: number, detailType: 'Test', resources: [], detail: () => ({ number }) });
  }
  return log;
}

function numbersIn(page: ReturnType<EventLog['read']>): unknown[] {
  return page.events.map(({ detail }) => (detail as { number: unknown }).number);
}

/** A record whose number is in one array and its name in the other. */
const NUMBERED: RowFormat<{ readonly number: number; readonly name: string }> = {
  write: ({ refs, refsFrom, numbers, numbersFrom }, { number, name }) => {
    refs[refsFrom] = name;
    numbers[numbersFrom] = number;
  },
  read: ({ refs, refsFrom, numbers, numbersFrom }, at) => {
    const detail = { number: numbers[numbersFrom], name: refs[refsFrom] };
    return { at, detailType: 'Row', resources: [], detail: () => detail };
  },
};

describe('the log of events', () => {
  it('is read page by page, each event once and in order', () => {
    const log = logOf(2500);
    const read: unknown[] = [];
    let after = 0;
    for (let page = log.read(PLACE, after); page.events.length > 0; page = log.read(PLACE, after)) {
      expect(page).toMatchObject({ next: after + page.events.length, isTruncated: false });
      read.push(...numbersIn(page));
      after = page.next;
    }
    expect(read).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1));
  });

  it('keeps the latest 10,000, and reports truncation beyond that', () => {
    const log = logOf(KEPT + 5);
    const page = log.read(PLACE, 0, 3);
    expect(numbersIn(page)).toEqual([6, 7, 8]);
    expect(page).toMatchObject({ next: 8, isTruncated: true });
    expect(log.read(PLACE, 5, 1).isTruncated).toBe(false);
    expect(numbersIn(log.read(PLACE, KEPT + 4))).toEqual([KEPT + 5]);
  });

  it('returns a follower beyond its end to the end, as after a reset', () => {
    expect(logOf(4).read(PLACE, 900)).toEqual({ events: [], next: 4, isTruncated: false });
  });

  it('keeps what a row showed, however many other events precede it, and when its place is taken again', () => {
    const log = logOf(3000);
    log.addRow(NUMBERED, { number: 3001, name: 'first' }, 7);
    expect(log.read(PLACE, 3000).events).toMatchObject([{ time: '1970-01-01T00:00:00Z', detail: { name: 'first' } }]);
    for (let number = 3002; number <= 3001 + KEPT; number += 1) {
      log.addRow(NUMBERED, { number, name: `row ${number}` }, number);
    }
    expect(numbersIn(log.read(PLACE, 3001, 2))).toEqual([3002, 3003]);
    expect(log.read(PLACE, KEPT + 3000).events).toMatchObject([{ detail: { number: 3001 + KEPT, name: 'row 13001' } }]);
    const copy = new EventLog(new Random(1));
    copy.state = log.state;
    expect(copy.read(PLACE, 9000)).toEqual(log.read(PLACE, 9000));
  });
});
