import { ECSClient, RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import type { World } from '../../support/gateway/world.ts';

/** The unmodified SDK, past the gateway. */
export function createEcs({ sandbox }: World): ECSClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new ECSClient({ endpoint: sandbox.url, region: 'eu-west-1', credentials });
}

/** Registers a revision of `web` for Fargate. */
export async function registerTask(ecs: ECSClient): Promise<void> {
  const command = new RegisterTaskDefinitionCommand({
    family: 'web',
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    containerDefinitions: [{ name: 'app', image: 'web:1' }],
  });
  await ecs.send(command);
}

/** Runs tasks of `web` in cluster `prod`. */
export async function runTasks(ecs: ECSClient, count: number): Promise<string[]> {
  const arns: string[] = [];
  for (let left = count; left > 0; left -= 10) {
    const command = new RunTaskCommand({
      cluster: 'prod',
      taskDefinition: 'web',
      launchType: 'FARGATE',
      count: Math.min(10, left),
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    });
    const { tasks = [] } = await ecs.send(command);
    arns.push(...tasks.map(({ taskArn = '' }) => taskArn));
  }
  return arns;
}
