import { describe, expect, it } from 'vitest';
import { createTrusts } from '../../src/compose/open-events.ts';
import type { ScopeEntry } from '../../src/schema/core/scopes.ts';
import { FakeTimers } from '../support/time/fake-timers.ts';

const OWN = '111122223333';
const OTHER = '999988887777';

function entry(account: string, region: string, known?: string): ScopeEntry {
  const upstream = { owner: { known: known === undefined ? undefined : { account: known, partition: 'aws' } } };
  return { alias: account, scope: { account, region }, opened: { upstream } } as unknown as ScopeEntry;
}

function single(known?: string) {
  const standard = entry('default', 'eu-west-1', known);
  return { entries: [standard], standard, isConfigured: false };
}

describe('the accounts and Regions whose events are trusted', () => {
  it('are those of the scopes file', () => {
    const entries = [entry(OWN, 'eu-west-1'), entry(OTHER, 'us-east-1')];
    const [standard = entry('', '')] = entries;
    const ask = () => Promise.reject(new Error('nothing is asked'));
    const trusts = createTrusts({ entries, standard, isConfigured: true }, ask, new FakeTimers());
    expect(trusts(OWN, 'eu-west-1')).toBe(true);
    expect(trusts(OTHER, 'us-east-1')).toBe(true);
    expect(trusts(OWN, 'us-east-1')).toBe(false);
    expect(trusts(OTHER, 'eu-west-1')).toBe(false);
  });

  it('are the account of the credentials in its Region, for which ECS is asked once', async () => {
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return { account: OWN };
    };
    const trusts = createTrusts(single(), ask, new FakeTimers());
    expect(trusts(OWN, 'us-east-1')).toBe(false);
    expect(await Promise.all([trusts(OWN, 'eu-west-1'), trusts(OTHER, 'eu-west-1')])).toEqual([true, false]);
    expect([trusts(OWN, 'eu-west-1'), trusts(OTHER, 'eu-west-1')]).toEqual([true, false]);
    expect(asked).toBe(1);
  });

  it('cost no call if an answer of ECS has named the account', () => {
    const ask = () => Promise.reject(new Error('nothing is asked'));
    const trusts = createTrusts(single(OWN), ask, new FakeTimers());
    expect([trusts(OWN, 'eu-west-1'), trusts(OTHER, 'eu-west-1')]).toEqual([true, false]);
  });

  it('are unknown while ECS does not answer, which is asked again after 5 s', async () => {
    const timers = new FakeTimers();
    let asked = 0;
    const ask = async () => {
      asked += 1;
      if (asked === 1) throw new Error('ECS does not answer');
      return { account: OWN };
    };
    const trusts = createTrusts(single(), ask, timers);
    await expect(trusts(OWN, 'eu-west-1')).rejects.toThrow();
    await timers.pass(4_999);
    await expect(trusts(OWN, 'eu-west-1')).rejects.toThrow();
    await timers.pass(1);
    expect(await trusts(OWN, 'eu-west-1')).toBe(true);
    expect(asked).toBe(2);
  });
});
