import { describe, expect, it } from 'vitest';
import { SERVICE_RULES } from '../../../src/sandbox/rules/service-rules.ts';
import { TASK_RULES } from '../../../src/sandbox/rules/task-rules.ts';
import { SchedulingWorld } from '../support/scheduling-world.ts';
import { CALLS, type Call } from './launch-calls.ts';
import { OF_CALLS, OF_TASKS } from './launch-examples.ts';
import { OF_BALANCERS, OF_SERVICES } from './service-examples.ts';

/** Definitions for each kind of place, and one service of each kind that is updated. */
function createWorld(): SchedulingWorld {
  const world = new SchedulingWorld();
  world.call('CreateGateway', {
    name: 'edge',
    infrastructureRoleArn: 'arn:aws:iam::123456789012:role/x',
    configuration: { hostSharedAlb: {} },
  });
  world.instance();
  world.seconds(60);
  for (const [operation, input] of CALLS) world.call(operation, input);
  return world;
}

function call([operation, input]: Call, before: readonly Call[] = []): () => unknown {
  const world = createWorld();
  for (const [first, its] of before) world.call(first, its);
  world.seconds(60);
  return () => world.call(operation, input);
}

const EXAMPLES = { ...OF_CALLS, ...OF_TASKS, ...OF_SERVICES, ...OF_BALANCERS };

describe('a rule of RunTask, StartTask, CreateService, UpdateService and CreateTaskSet', () => {
  it('has a name of its own, a source and an example', () => {
    const rules = [...new Map([...TASK_RULES, ...SERVICE_RULES].map((rule) => [rule, rule.name])).entries()];
    const names = rules.map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
    const shown = Object.keys(EXAMPLES).map((name) => name.split(' ')[0]);
    expect([...new Set(shown)].sort()).toEqual([...names].sort());
    expect(rules.filter(([{ source }]) => source === '')).toEqual([]);
  });

  it.each(Object.entries(EXAMPLES))(
    '%s',
    (_name, { refused, passes, before, text, code = 'InvalidParameterException' }) => {
      expect(call(refused, before)).toThrow(expect.objectContaining({ code, message: text }));
      expect(call(passes, before)()).toBeTypeOf('object');
    },
  );
});
