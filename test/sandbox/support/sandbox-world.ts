import {
  type ContainerDefinition,
  CreateClusterCommand,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import type { SandboxUnderTest } from './start-sandbox.ts';

/** From the call that makes a deployment to the scheduler's first plan for it. */
export const FIRST_LOOK = 15_000;

export const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2', 'subnet-3'] } };

/** A cluster called `main`. */
export async function withCluster(s: SandboxUnderTest): Promise<void> {
  await s.ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
}

export interface TaskDefinitionOptions {
  readonly family?: string;
  readonly fargate?: boolean;
  readonly labels?: Record<string, string>;
  readonly container?: Partial<ContainerDefinition>;
  readonly cpu?: number;
  readonly memory?: number;
  readonly taskRoleArn?: string;
}

/** Registers a revision with one container, and returns its ARN. */
export async function registerTaskDefinition(
  s: SandboxUnderTest,
  options: TaskDefinitionOptions = {},
): Promise<string> {
  const { family = 'web', fargate = false, labels, container, cpu = 256, memory = 512, taskRoleArn } = options;
  const { taskDefinition } = await s.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      taskRoleArn,
      ...(fargate
        ? { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: String(cpu), memory: String(memory) }
        : {}),
      containerDefinitions: [
        { name: 'app', image: 'web:1', ...(fargate ? {} : { cpu, memory }), dockerLabels: labels, ...container },
      ],
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

/** Registers an instance of 2 vCPU and 4 GB in a zone, and returns its ARN. */
export async function registerInstance(s: SandboxUnderTest, zone: string, ec2InstanceId = 'i-1'): Promise<string> {
  const { containerInstance } = await s.ecs.send(
    new RegisterContainerInstanceCommand({
      cluster: 'main',
      instanceIdentityDocument: JSON.stringify({ instanceId: ec2InstanceId, availabilityZone: `eu-west-1${zone}` }),
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 4096 },
      ],
    }),
  );
  return containerInstance?.containerInstanceArn ?? '';
}
