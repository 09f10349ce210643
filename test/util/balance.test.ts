import { describe, expect, it } from 'vitest';
import { Balance, Balances } from '../../src/util/balance.ts';

describe('a balance', () => {
  it('starts full, and refills up to its limit', () => {
    const balance = new Balance({ perSecond: 10, burst: 50 }, 0);
    balance.spend(30, 0);
    expect([balance.at(0), balance.at(1_000), balance.at(60_000)]).toEqual([20, 30, 50]);
  });

  it('may be overdrawn up to the largest debt, which time repays', () => {
    const balance = new Balance({ perSecond: 10, burst: 50, mostDebt: 20 }, 0);
    balance.spend(1_000, 0);
    expect([balance.waitMs(0), balance.waitMs(1_500), balance.waitMs(2_000)]).toEqual([2_000, 500, 0]);
    const unlimited = new Balance({ perSecond: 10, burst: 50 }, 0);
    unlimited.spend(1_050, 0);
    expect(unlimited.waitMs(0)).toBe(100_000);
  });
});

describe('balances of callers', () => {
  it('are separate, and a caller that is forgotten starts anew', () => {
    const balances = new Balances({ perSecond: 1, burst: 10 }, 2);
    balances.of('a', 0).spend(10, 0);
    balances.of('b', 0).spend(3, 0);
    expect([balances.of('a', 0).at(0), balances.of('b', 0).at(0)]).toEqual([0, 7]);
    balances.of('c', 0);
    expect(balances.of('a', 0).at(0)).toBe(10);
  });
});
