import { expect, it } from 'vitest';
import { EcsError, type EcsErrorCode, toEcsError } from '../../../src/ecs/core/errors.ts';
import { blame } from '../../../src/schema/core/blame.ts';

const refusal = (message: string, code: EcsErrorCode = 'INVALID_PARAMETER') =>
  new EcsError(code, 'CreateService', message);

it.each([
  ['TaskDefinition not found.', { taskDefinition: 'x', desiredCount: 1 }, 'input.taskDefinition'],
  ['desiredCount must not be negative.', { desiredCount: -1, serviceName: 'a' }, 'input.desiredCount'],
  ['The desired count is too high.', { desiredCount: 9, serviceName: 'a' }, 'input.desiredCount'],
  ["Network Configuration must be provided when networkMode 'awsvpc' is specified.", {}, 'input.networkConfiguration'],
  [
    'Invalid launchType for capacityProviderStrategy.',
    { launchType: 'EC2', capacityProviderStrategy: [] },
    'input.capacityProviderStrategy',
  ],
  ['No space left on the moon.', { desiredCount: 1 }, undefined],
])('%s: names the argument', (message, input, argument) => {
  expect(blame(refusal(message), input, undefined, 'input.')).toMatchObject({ message, argument });
});

it('leaves errors alone that say nothing of the input', () => {
  const throttled = refusal('desiredCount', 'UPSTREAM_THROTTLED');
  expect(blame(throttled, { desiredCount: 1 })).toBe(throttled);
});

it('calls a task definition that ECS does not find NOT_FOUND', () => {
  const error = Object.assign(new Error('TaskDefinition not found.'), {
    name: 'ClientException',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
  expect(toEcsError('RunTask', error).code).toBe('NOT_FOUND');
});
