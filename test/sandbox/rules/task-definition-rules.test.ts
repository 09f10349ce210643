import { describe, expect, it } from 'vitest';
import { draftOf } from '../../../src/sandbox/definitions/complete-task-definition.ts';
import type { Registration } from '../../../src/sandbox/rules/registration.ts';
import { TASK_DEFINITION_RULES } from '../../../src/sandbox/rules/task-definition-rules.ts';
import { SchedulingWorld } from '../support/scheduling-world.ts';
import { type Example, OF_CONTAINERS, OF_LOGS_AND_SECRETS } from './container-examples.ts';
import { OF_FARGATE, OF_GPUS, OF_NETWORKS, OF_TASKS, OF_VOLUMES } from './task-examples.ts';

const EXAMPLES: Readonly<Record<string, Example>> = {
  ...OF_TASKS,
  ...OF_CONTAINERS,
  ...OF_FARGATE,
  ...OF_NETWORKS,
  ...OF_VOLUMES,
  ...OF_GPUS,
  ...OF_LOGS_AND_SECRETS,
};

function register(input: object): () => unknown {
  const world = new SchedulingWorld();
  return () => world.call('RegisterTaskDefinition', input);
}

/** Which rules an input breaks, whatever their order. */
function broken(input: object): string[] {
  const draft = draftOf(input as Registration);
  return TASK_DEFINITION_RULES.filter(({ fault }) => fault(draft) !== undefined).map(({ name }) => name);
}

describe('a rule of RegisterTaskDefinition', () => {
  it('has a name of its own, a source and an example', () => {
    const names = TASK_DEFINITION_RULES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(EXAMPLES).sort()).toEqual([...names].sort());
    expect(TASK_DEFINITION_RULES.filter(({ source }) => source === '')).toEqual([]);
  });

  it.each(Object.entries(EXAMPLES))('%s', (name, { refused, also = [], passes, text }) => {
    expect(broken(refused)).toEqual([name, ...also]);
    expect(register(refused)).toThrow(expect.objectContaining({ code: 'ClientException', message: text }));
    expect(register(passes)()).toMatchObject({ taskDefinition: { family: 'f', revision: 1, status: 'ACTIVE' } });
  });
});
