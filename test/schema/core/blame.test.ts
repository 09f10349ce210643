import { expect, it } from 'vitest';
import { EcsError, type EcsErrorCode, toEcsError } from '../../../src/ecs/core/errors.ts';
import { blame } from '../../../src/schema/core/blame.ts';

const refusal = (message: string, code: EcsErrorCode = 'INVALID_PARAMETER') =>
  new EcsError(code, 'CreateService', message);

it.each([
  ['desiredCount must not be negative.', { desiredCount: -1, serviceName: 'a' }, 'input.desiredCount'],
  ['The desired count is too high.', { desiredCount: 9, serviceName: 'a' }, 'input.desiredCount'],
  ["Network Configuration must be provided when networkMode 'awsvpc' is specified.", {}, 'input.networkConfiguration'],
  ['TaskDefinition can not be blank.', { desiredCount: 1 }, 'input.taskDefinition'],
  ['At most 10 placement constraints are allowed.', { placementConstraints: [] }, 'input.placementConstraints'],
  ['Invalid placement constraint type: x', { placementConstraints: [{ type: 'x' }] }, 'input.placementConstraints'],
  [
    'maximumPercent must be greater than or equal to 100.',
    { deploymentConfiguration: { maximumPercent: 50, strategy: 'ROLLING' } },
    'input.deploymentConfiguration.maximumPercent',
  ],
  [
    "1 validation error detected: Value '-1' at 'containerDefinitions.2.member.memory' failed to satisfy constraint: Member must be greater",
    { containerDefinitions: [{}, { memory: -1 }] },
    'input.containerDefinitions.1.memory',
  ],
  [
    "Invalid setting for container 'sidecar'. At least one of 'memory' or 'memoryReservation' must be specified.",
    { family: 'web', containerDefinitions: [{ name: 'app', cpu: 1 }, { name: 'sidecar' }] },
    'input.containerDefinitions.1',
  ],
  ['The container sidecar does not exist.', { loadBalancers: [{ containerName: 'sidecar' }] }, 'input.loadBalancers.0'],
  ['Invalid setting value: maybe', { name: 'containerInsights', value: 'maybe' }, 'input.value'],
  ['Names and values are wrong.', { tags: [{ key: 'a', value: 'b' }] }, undefined],
  ['web is not web-1.', { a: { b: 'web-1' }, c: { d: 'web-1' } }, undefined],
  [
    'Invalid launchType for capacityProviderStrategy.',
    { launchType: 'EC2', capacityProviderStrategy: [] },
    'input.capacityProviderStrategy',
  ],
  ['taskId length should be one of [32,36]', { cluster: 'prod', task: 'zz' }, 'input.task'],
  ['taskId longer than 36.', { tasks: ['zz', 'yy'] }, 'input.tasks'],
  [
    'taskId length should be one of [32,36]',
    { tasks: [`arn:aws:ecs:us-east-1:1:task/prod/${'0'.repeat(32)}`, 'zz'] },
    'input.tasks.1',
  ],
  ['instanceId length should be one of [32,36]', { containerInstance: 'zz' }, 'input.containerInstance'],
  ['instanceId length should be one of [32,36]', { containerInstances: ['zz'] }, 'input.containerInstances.0'],
  [
    'instanceId length should be one of [32,36]',
    {
      attributes: [
        { name: 'a', targetId: '0'.repeat(32) },
        { name: 'b', targetId: 'zz' },
      ],
    },
    'input.attributes.1.targetId',
  ],
  ['taskId length should be one of [32,36]', { cluster: 'prod' }, undefined],
  ['No space left on the moon.', { desiredCount: 1 }, undefined],
])('%s: names the argument', (message, input, argument) => {
  const known = ['networkConfiguration', 'taskDefinition', 'desiredCount'];
  expect(blame(refusal(message), input, undefined, 'input.', known)).toMatchObject({ message, argument });
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

it.each([
  ['TaskDefinition not found.', 'taskDefinition', 'web:7', 'TaskDefinition not found (named "web:7").'],
  [
    'The referenced task was not found.',
    'task',
    'abc',
    'The referenced task was not found (looked in cluster "default").',
  ],
  [
    'Referenced container instance was not found.',
    'containerInstance',
    'abc',
    'Referenced container instance was not found (looked in cluster "default").',
  ],
])('%s: says where it was looked for, or by which name', (message, member, name, expected) => {
  const blamed = blame(refusal(message, 'NOT_FOUND'), { [member]: name }, 'looked in cluster "default"', 'input.');
  expect(blamed).toMatchObject({ message: expected, argument: `input.${member}` });
});

it('repeats at most 100 characters of a name', () => {
  const { message } = blame(refusal('TaskDefinition not found.', 'NOT_FOUND'), {
    taskDefinition: 'x'.repeat(101),
  }) as EcsError;
  expect(message).toBe(`TaskDefinition not found (named "${'x'.repeat(100)}").`);
});
