import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WRITE_CHECKS } from '../../../src/ecs/outcomes/table.ts';
import { createWorld } from '../../support/gateway/world.ts';
import { afterStep, BEFORE, runWrite, type StepContext } from '../../support/operations/every-write.ts';
import { WRITE_STEPS } from '../../support/operations/write-steps/index.ts';
import { LeapingTimers } from '../../support/time/leaping-timers.ts';

describe('a write whose answer is lost is answered by what ECS shows, and was done once', () => {
  let context: StepContext;
  beforeAll(async () => {
    context = { world: await createWorld({ seed: 'empty' }, {}, { timers: new LeapingTimers() }), made: {} };
  });
  afterAll(() => context.world.dispose());

  it.each(WRITE_STEPS.map((step, index) => [`${index + 1}. ${step.operation}`, step] as const))(
    '%s',
    async (_, step) => {
      const { operation, input, selection, expected, calls = 1 } = step;
      const { world, made } = context;
      await BEFORE[operation]?.(context);
      world.sandbox.faults.set({ rules: [{ operations: [operation], fault: 'lostAnswer', times: 1 }] });
      world.sandbox.resetCalls();
      const { payload, errors } = await runWrite(world, operation, input(made), selection);
      expect(errors).toBeUndefined();
      expect(payload).toMatchObject(expected(made));
      expect(world.sandbox.calls()[operation]).toBe(calls);
      afterStep(context, step, payload);
    },
  );

  it('covers every write that the gateway can find out about, but those that need a state of their own', () => {
    const done = new Set(WRITE_STEPS.map(({ operation }) => operation));
    const left = Object.entries(WRITE_CHECKS).flatMap(([operation, { find, resend }]) =>
      (find ?? resend) !== undefined && !done.has(operation as never) ? [operation] : [],
    );
    expect(left).toEqual([]);
  });
});
