import { realTimers } from '../../../src/ecs/core/timers.ts';
import type { Contact } from '../../../src/inventory/core/contact.ts';
import type { EcsEvent } from '../../../src/inventory/core/ecs-event.ts';
import { ScopeInventory } from '../../../src/inventory/scope/scope-inventory.ts';
import { parseEvent } from '../../../src/inventory/sources/parse-event.ts';
import { median, round, table } from '../harness/measure.ts';
import { startStub } from '../stub/stub-ecs.ts';
import { EVENTS, ROUNDS } from './sizes.ts';

/** A source that is always there. */
const ALIVE: Contact = { lastAt: 0, isAlive: true, asOf: (now) => now };
const SHAPE = { clusters: 20, services: 50, tasks: 10 };

/** CPU of some work in microseconds an item. */
function cpuOf(items: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / items;
}

/** CPU of an event of 3 KB with three containers: reading its text, and applying it to an inventory of 10,000 tasks. */
export async function applyRows(): Promise<string> {
  const stub = await startStub(SHAPE);
  const timers = realTimers();
  const inventory = new ScopeInventory({
    scope: { account: '123456789012', region: 'eu-west-1' },
    timers,
    now: Date.now,
    account: () => '123456789012',
    contact: ALIVE,
  });
  const found: { readonly read: number; readonly apply: number }[] = [];
  for (let at = -1; at < ROUNDS; at += 1) {
    const bodies = stub.change(EVENTS);
    const events: EcsEvent[] = [];
    const read = cpuOf(EVENTS, () => {
      for (const body of bodies) {
        const event = parseEvent(body);
        if (typeof event !== 'string') events.push(event);
      }
    });
    const apply = cpuOf(EVENTS, () => {
      for (const event of events) inventory.apply(event);
    });
    if (at >= 0) found.push({ read, apply });
  }
  stub.close();
  const rows = [
    [EVENTS, round(median(found.map(({ read }) => read)), 1), round(median(found.map(({ apply }) => apply)), 1)],
  ];
  return table(['Events', 'CPU us of reading one', 'CPU us of applying one'], rows);
}
