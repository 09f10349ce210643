import { describe, expect, it } from 'vitest';
import { DEFAULT_ACCOUNT } from '../../../src/ecs/core/scope.ts';
import { Contacts } from '../../../src/inventory/core/contact.ts';
import type { EcsEventSource } from '../../../src/inventory/core/event-source.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const REGION = 'eu-west-1';
const [SHOP, BANK] = ['111122223333', '444455556666'].map((account) => ({ account, region: REGION })) as [
  { account: string; region: string },
  { account: string; region: string },
];

/** A queue of eu-west-1 that answers all the time. */
function createContacts() {
  const timers = new FakeTimers();
  const contacts = new Contacts(180_000, timers);
  const queue: EcsEventSource = {
    start: () => undefined,
    state: () => ({ name: 'sqs', region: REGION, lastContactAt: timers.monotonic(), backlogMs: 0 }),
    close: async () => undefined,
  };
  contacts.connect([queue]);
  return { contacts, timers };
}

describe('the contact of an inventory', () => {
  it('of the only account begins when the queue answers', () => {
    expect(createContacts().contacts.with({ account: DEFAULT_ACCOUNT, region: REGION }).isAlive).toBe(true);
  });

  it('of several accounts begins with the first event of each, because the queue does not show that a rule covers it', () => {
    const { contacts } = createContacts();
    const alive = () => [SHOP, BANK].map((scope) => contacts.with(scope).isAlive);
    expect(alive()).toEqual([false, false]);
    expect(contacts.with(SHOP).lastAt).toBeUndefined();
    contacts.heard(SHOP);
    expect(alive()).toEqual([true, false]);
    contacts.heard({ ...BANK, region: 'us-east-1' });
    expect(alive()).toEqual([true, false]);
    contacts.heard(BANK);
    expect(alive()).toEqual([true, true]);
  });

  it('of an account with a heartbeat of its own ends when the account is silent, although the queue answers and others send', async () => {
    const { contacts, timers } = createContacts();
    contacts.heard(SHOP, true);
    contacts.heard(BANK);
    await timers.pass(120_000);
    contacts.heard(BANK, true);
    await timers.pass(70_000);
    expect(contacts.with(SHOP).isAlive).toBe(false);
    expect(contacts.with(BANK).isAlive).toBe(true);
    // Any event shows that the rules work.
    contacts.heard(SHOP);
    expect(contacts.with(SHOP).isAlive).toBe(true);
  });
});
