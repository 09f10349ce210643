import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { EcsError } from '../../src/ecs/core/errors.ts';
import { logTrouble } from '../../src/observe/upstream-trouble.ts';
import { FakeTimers } from '../support/time/fake-timers.ts';

describe("what an operator's log says of calls that fail", () => {
  const lines: Record<string, unknown>[] = [];
  const timers = new FakeTimers();
  const report = logTrouble(pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) }), timers);
  const expired = Object.assign(new Error('The security token included in the request is expired'), {
    name: 'ExpiredTokenException',
  });
  const failure = () =>
    new EcsError('CREDENTIALS_UNAVAILABLE', 'ListClusters', 'no', { requestId: 'r', cause: expired });

  it('is why, and what to do, once a minute for each kind of trouble', async () => {
    for (let i = 0; i < 5; i += 1) report(failure());
    expect(lines).toMatchObject([
      {
        level: 40,
        code: 'CREDENTIALS_UNAVAILABLE',
        operation: 'ListClusters',
        requestId: 'r',
        reason: 'ExpiredTokenException: The security token included in the request is expired',
        msg: expect.stringContaining('AWS_PROFILE'),
      },
    ]);
    report(new EcsError('UPSTREAM_UNAVAILABLE', 'ListTasks', 'no'));
    expect(lines).toHaveLength(2);
    await timers.pass(60_000);
    report(failure());
    expect(lines[2]).toMatchObject({ unsaid: 4 });
  });

  it("is nothing of what is the caller's mistake", () => {
    lines.length = 0;
    for (const code of ['NOT_FOUND', 'INVALID_PARAMETER', 'CONFLICT', 'UPSTREAM_BUDGET'] as const) {
      report(new EcsError(code, 'DescribeServices', 'no'));
    }
    expect(lines).toEqual([]);
  });
});
