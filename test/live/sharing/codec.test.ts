import { describe, expect, it } from 'vitest';
import { fromText, toText } from '../../../src/live/sharing/codec.ts';

describe('the text of a state', () => {
  it('keeps dates, maps, sets, absent values, extreme numbers, and what occurs twice', () => {
    const task = {
      taskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/prod/1',
      startedAt: new Date('2026-03-01T12:00:00Z'),
    };
    const state = {
      tasks: new Map([[task.taskArn, task]]),
      seen: new Set(['a', 'b']),
      service: null,
      deployment: undefined,
      from: Number.NEGATIVE_INFINITY,
      to: Number.POSITIVE_INFINITY,
      latest: task,
      text: 'quotes " and </script> and \u2028',
    };
    const copy = fromText<typeof state>(toText(state));
    expect(copy).toStrictEqual(state);
    expect(copy.latest).toBe(copy.tasks.get(task.taskArn));
  });

  it('refuses text that `toText` did not write', () => {
    expect(() => fromText('nonsense')).toThrow();
  });
});
