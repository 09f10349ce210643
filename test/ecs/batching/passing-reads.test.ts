import { expect, it } from 'vitest';
import { Describer } from '../../../src/ecs/batching/describe-batcher.ts';
import { EcsMemory } from '../../../src/ecs/consistency/read-cache.ts';
import type { Caller } from '../../../src/ecs/core/ecs-port.ts';
import { callContext } from '../../support/ecs/call-context.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const TASK = 'arn:aws:ecs:eu-west-1:123456789012:task/prod/a';

it('descriptions that only pass through, as those of the inventory, are not kept for others', async () => {
  let calls = 0;
  const caller = {
    async call(_operation: string, { tasks }: { readonly tasks: readonly string[] }) {
      calls += 1;
      return { tasks: tasks.map((taskArn) => ({ taskArn })) };
    },
  };
  const memory = new EcsMemory({ ttlMs: 60_000 }, new FakeTimers());
  const describer = new Describer(caller as unknown as Caller, memory);
  const read = async (isPassing: boolean) => {
    const request = { kind: 'Task', id: TASK, cluster: 'prod', include: [] } as const;
    expect(await describer.load(request, callContext({ isPassing }))).toEqual({ taskArn: TASK });
    return calls;
  };
  expect(await read(true)).toBe(1);
  expect(await read(false)).toBe(2);
  expect(await read(false)).toBe(2);
});
