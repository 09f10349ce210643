import fc from 'fast-check';
import type { TaskRecord } from '../../../src/sandbox/model/tasks/task-record.ts';
import { index, pick, REGION, type Real, serviceName, step } from './model.ts';

const ROLE = 'arn:aws:iam::123456789012:role/infrastructure';
const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-0', 'subnet-1'] } };

function volume(isBroken: boolean): object {
  const tags = [{ key: 'sandbox.attach-error', value: 'It cannot be attached.' }];
  const tagSpecifications = isBroken ? [{ resourceType: 'volume', tags }] : [];
  return { name: 'data', managedEBSVolume: { roleArn: ROLE, sizeInGiB: 10, tagSpecifications } };
}

const withVolume = (isBroken: boolean): object => ({
  taskDefinition: 'volume-fargate',
  launchType: 'FARGATE',
  networkConfiguration: NETWORK,
  volumeConfigurations: [volume(isBroken)],
});

/** A service that loses its broken volumes, if it has any. */
export const SOUND_VOLUME = { volumeConfigurations: [volume(false)] };

const task = (real: Real, at: number): TaskRecord | undefined => pick(real.cluster.tasks.values(), at);
const taskStatus = fc.constantFrom('PULLED', 'RUNNING', 'STOPPED');
const attachmentStatus = fc.constantFrom('ATTACHING', 'ATTACHED', 'DETACHED', 'DELETED', 'FAILED');
const controller = fc.constantFrom('ECS', 'EXTERNAL', 'CODE_DEPLOY');

/** Reports of played agents, volumes, GPUs, and services with other controllers. */
export const unusual = [
  step('registerManual', fc.tuple(fc.constantFrom('a', 'b'), fc.nat(2)), (real, [zone, gpus]) =>
    real.call('RegisterContainerInstance', {
      instanceIdentityDocument: JSON.stringify({ availabilityZone: `${REGION}${zone}` }),
      attributes: [
        { name: 'sandbox.agent', value: 'manual' },
        { name: 'sandbox.capacity-provider', value: 'grows' },
      ],
      platformDevices: Array.from({ length: gpus }, (_, at) => ({ id: `GPU-${at}`, type: 'GPU' })),
    }),
  ),
  step('reportTask', fc.tuple(index, taskStatus), (real, [at, status]) =>
    real.call('SubmitTaskStateChange', { task: task(real, at)?.arn, status, reason: 'It was reported.' }),
  ),
  step('reportContainer', fc.tuple(index, taskStatus, fc.nat(1)), (real, [at, status, exitCode]) =>
    real.call('SubmitContainerStateChange', { task: task(real, at)?.arn, containerName: 'app', status, exitCode }),
  ),
  step('reportAttachments', fc.tuple(index, attachmentStatus), (real, [at, status]) =>
    real.call('SubmitAttachmentStateChanges', {
      attachments: (task(real, at)?.attachments ?? []).map(({ id }) => ({ attachmentArn: id, status })),
    }),
  ),
  step('runWithVolume', fc.boolean(), (real, isBroken) => real.call('RunTask', withVolume(isBroken))),
  step('createWithVolume', fc.tuple(fc.boolean(), fc.nat(3)), (real, [isBroken, desiredCount]) =>
    real.call('CreateService', { serviceName: 'stateful', desiredCount, ...withVolume(isBroken) }),
  ),
  step('runWithGpu', fc.integer({ min: 1, max: 3 }), (real, count) =>
    real.call('RunTask', { taskDefinition: 'gpu', launchType: 'EC2', count }),
  ),
  step('giveTo', fc.tuple(serviceName, controller), (real, [service, type]) =>
    real.call('UpdateService', { service, deploymentController: { type } }),
  ),
  step('createTaskSet', fc.tuple(serviceName, fc.nat(100)), (real, [service, value]) =>
    real.call('CreateTaskSet', {
      service,
      taskDefinition: 'good-fargate',
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      scale: { value, unit: 'PERCENT' },
    }),
  ),
  step('makePrimary', fc.tuple(serviceName, index), (real, [service, at]) =>
    real.call('UpdateServicePrimaryTaskSet', {
      service,
      primaryTaskSet: pick(real.cluster.services.get(service)?.taskSets.keys() ?? [], at),
    }),
  ),
  step('deleteTaskSet', fc.tuple(serviceName, index), (real, [service, at]) =>
    real.call('DeleteTaskSet', {
      service,
      taskSet: pick(real.cluster.services.get(service)?.taskSets.keys() ?? [], at),
      force: true,
    }),
  ),
  step(
    'pause',
    fc.tuple(fc.constantFrom('operations-throttled', 'health-unknown'), serviceName),
    (real, [accident, service]) => real.cause({ accident, service, seconds: 300 }),
  ),
  step('block', fc.constantFrom('account-blocked', 'account-restored'), (real, accident) => real.cause({ accident })),
];
