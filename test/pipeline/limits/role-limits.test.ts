import { describe, expect, it } from 'vitest';
import { MutationWindow } from '../../../src/pipeline/limits/mutation-window.ts';
import { limitText, parseRoleLimits, RoleLimits } from '../../../src/pipeline/limits/role-limits.ts';

const file = (roles: object) => JSON.stringify({ roles });

describe('limits of roles', () => {
  it('are the most generous of a principal’s roles, else those of *', () => {
    const limits = new RoleLimits();
    limits.replace(
      parseRoleLimits(
        file({ bot: { cost: 10, streams: 1 }, web: { cost: 50, sockets: 0 }, '*': { cost: 5, objects: 9 } }),
      ),
    );
    expect(limits.of({ name: 'x', roles: ['bot', 'web', 'other'] })).toEqual({
      cost: { value: 50, role: 'web' },
      objects: { value: 9, role: '*' },
      streams: { value: 1, role: 'bot' },
      sockets: { value: 0, role: 'web' },
    });
    const nobody = { name: 'y' };
    expect(limits.of(nobody)).toEqual({ cost: { value: 5, role: '*' }, objects: { value: 9, role: '*' } });
    limits.replace(new Map());
    expect(limits.of(nobody)).toEqual({});
  });

  it.each([
    ['{', 'is not JSON'],
    ['{}', 'must be {"roles"'],
    ['{"roles": {}, "limits": 1}', 'has an unknown member "limits"'],
    [file({ 'a b': {} }), 'roles["a b"] is not the name of a role'],
    [file({ bot: 7 }), 'roles["bot"] must be an object of limits'],
    [file({ bot: { costs: 7 } }), 'roles["bot"] has an unknown limit "costs"; did you mean "cost"?'],
    [file({ bot: { constructor: 7 } }), 'has an unknown limit "constructor"; limits are cost, objects'],
    [file({ bot: { cost: 0 } }), 'roles["bot"] "cost" must be a whole number from 1'],
    [file({ bot: { streams: -1 } }), '"streams" must be a whole number from 0'],
    [file({ bot: { cpuPercent: 101 } }), '"cpuPercent" must be a whole number from 1 to 100'],
    [file({ bot: { cpuPercent: 0 } }), '"cpuPercent" must be a whole number from 1 to 100'],
    [file({ bot: { objects: '7' } }), '"objects" must be a whole number'],
    [file({ bot: { operations: 1.5 } }), '"operations" must be a whole number'],
  ])('refuse %s', (text, problem) => expect(() => parseRoleLimits(text)).toThrow(problem));

  it('are named with their role and setting', () => {
    expect(limitText('cost', { value: 5, role: 'bot' })).toBe(
      'the limit of the role "bot" is 5 ("cost" in LIMITS_FILE)',
    );
  });
});

describe('mutations per minute', () => {
  it('are at most as many in any minute, all or none at a time', () => {
    let now = 0;
    const window = new MutationWindow(() => now);
    expect([window.take('a', 2, 3), window.take('a', 2, 3), window.take('a', 1, 3)]).toEqual([
      undefined,
      60_000,
      undefined,
    ]);
    now = 10_000;
    expect([window.take('a', 1, 3), window.take('b', 3, 3), window.take('a', 4, 3)]).toEqual([
      50_000,
      undefined,
      Number.POSITIVE_INFINITY,
    ]);
    now = 60_000;
    expect([window.take('a', 3, 3), window.take('a', 1, 3), window.take('c', 1, 0)]).toEqual([
      undefined,
      60_000,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
