import { expect, it } from 'vitest';
import { createFakeWorld } from '../../support/ecs/fake-ecs.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
const INSTANCE = `${ARN}:container-instance/prod/${'0'.repeat(32)}`;
const NUMBERS = Array.from({ length: 120 }, (_, index) => index);

/** A service that its percentages do not let replace its task, and the task on the instance. */
const service = (index: number) => ({
  serviceArn: `${ARN}:service/prod/s${index}`,
  serviceName: `s${index}`,
  clusterArn: `${ARN}:cluster/prod`,
  status: 'ACTIVE',
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 },
});
const task = (index: number) => ({
  taskArn: `${ARN}:task/prod/${String(index).padStart(32, '0')}`,
  clusterArn: `${ARN}:cluster/prod`,
  taskDefinitionArn: `${ARN}:task-definition/web:1`,
  containerInstanceArn: INSTANCE,
  group: `service:s${index}`,
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
});
const placement = (index: number) => ({ type: 'memberOf', expression: `attribute:rack == ${index}` });

it('a forecast has at most 100 blockers and 100 rules that it left out, whatever runs on the instances', async () => {
  const services = new Map(
    NUMBERS.map((index) => [`s${index}`, { ...service(index), placementConstraints: [placement(index)] }]),
  );
  const tasks = new Map(NUMBERS.map((index) => [task(index).taskArn, task(index)]));
  const nameOf = (reference: unknown) => String(reference).split('/').at(-1) ?? '';
  const instance = { containerInstanceArn: INSTANCE, status: 'ACTIVE', agentConnected: true };
  await using world = await createFakeWorld((operation, { desiredStatus, ...input }) => {
    switch (operation) {
      case 'ListContainerInstances':
        return { containerInstanceArns: [INSTANCE] };
      case 'DescribeContainerInstances':
        return { containerInstances: [instance] };
      case 'ListTasks':
        return { taskArns: desiredStatus === 'STOPPED' ? [] : [...tasks.keys()] };
      case 'DescribeTasks':
        return { tasks: (input.tasks as string[]).map((arn) => tasks.get(arn)) };
      case 'DescribeServices':
        return { services: (input.services as string[]).map((name) => services.get(nameOf(name))) };
      case 'DescribeTaskDefinition':
        return { taskDefinition: { taskDefinitionArn: task(0).taskDefinitionArn, containerDefinitions: [] } };
      default:
        return { protectedTasks: [], failures: [] };
    }
  });
  const { data, errors } = await world.query<{
    drainForecast: { blockedTaskCount: number; blockedBy: { reason: string }[]; notEvaluated: string[] };
  }>(
    `{ drainForecast(cluster: "prod", containerInstances: ["${INSTANCE}"]) { blockedTaskCount blockedBy { reason } notEvaluated } }`,
  );
  expect(errors).toBeUndefined();
  const { blockedTaskCount, blockedBy, notEvaluated } = data?.drainForecast ?? {};
  expect(blockedTaskCount).toBe(NUMBERS.length);
  expect(new Set(blockedBy?.map(({ reason }) => reason))).toEqual(new Set(['PERCENTAGES_ALLOW_NOTHING']));
  expect([blockedBy?.length, notEvaluated?.length]).toEqual([100, 100]);
});
