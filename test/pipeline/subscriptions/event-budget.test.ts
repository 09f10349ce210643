import { describe, expect, it } from 'vitest';
import { EventBudget } from '../../../src/pipeline/subscriptions/event-budget.ts';

describe('the budget of events', () => {
  it('lets a burst through, then a number of objects a second, separately for each caller', () => {
    let now = 0;
    const budget = new EventBudget(100, 500, () => now);
    budget.charge('a', 400);
    expect(budget.waitMs('a')).toBe(0);
    budget.charge('a', 300);
    expect(budget.waitMs('a')).toBe(2_000);
    expect(budget.waitMs('b')).toBe(0);
    now = 1_500;
    expect(budget.waitMs('a')).toBe(500);
    now = 100_000;
    budget.charge('a', 501);
    expect(budget.waitMs('a')).toBe(10);
  });

  it('is without limit at 0', () => {
    const budget = new EventBudget(0, 0, () => 0);
    budget.charge('a', 1_000_000);
    expect(budget.waitMs('a')).toBe(0);
  });
});
