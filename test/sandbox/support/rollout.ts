import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  type DeploymentConfiguration,
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  type ServiceDeployment,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import { NETWORK, registerTaskDefinition, type TaskDefinitionOptions, withCluster } from './sandbox-world.ts';
import type { SandboxUnderTest } from './start-sandbox.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:verify';

/** Two healthy tasks of the service `web` on Fargate, deployed as given from then on. */
export async function withService(
  s: SandboxUnderTest,
  deploymentConfiguration: DeploymentConfiguration,
  input: Partial<CreateServiceCommandInput> = {},
  options: TaskDefinitionOptions = {},
): Promise<void> {
  await withCluster(s);
  const taskDefinition = await registerTaskDefinition(s, { fargate: true, ...options });
  await s.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition,
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      ...input,
    }),
  );
  s.sandbox.clock.advance(5 * MINUTE);
  await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', deploymentConfiguration }));
}

/** Starts the rollout of a new revision and returns its service deployment's ARN. */
export async function deploy(s: SandboxUnderTest, options: TaskDefinitionOptions = {}): Promise<string> {
  const taskDefinition = await registerTaskDefinition(s, { fargate: true, ...options });
  await s.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition }));
  const { serviceDeployments } = await s.ecs.send(
    new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }),
  );
  return serviceDeployments?.[0]?.serviceDeploymentArn ?? '';
}

export async function readDeployment(s: SandboxUnderTest, arn: string): Promise<ServiceDeployment> {
  const { serviceDeployments } = await s.ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
  );
  const [deployment] = serviceDeployments ?? [];
  if (deployment === undefined) throw new Error(`no service deployment ${arn}`);
  return deployment;
}

/** `STAGE production/test`, as the target revision has it. */
export function standOf({ status, lifecycleStage, targetServiceRevision: target }: ServiceDeployment): string {
  const weights = `${target?.requestedProductionTrafficWeight}/${target?.requestedTestTrafficWeight}`;
  return `${status} ${lifecycleStage ?? '-'} ${weights}`;
}

/** Every stand that a deployment comes to, in order, looking each `step` until `done` or for `most` of virtual time. */
export async function follow(
  s: SandboxUnderTest,
  arn: string,
  options: { readonly step?: number; readonly most?: number } = {},
): Promise<string[]> {
  const { step = 2 * SECOND, most = 10 * MINUTE } = options;
  const stands: string[] = [];
  for (let passed = 0; passed <= most; passed += step) {
    const deployment = await readDeployment(s, arn);
    const stand = standOf(deployment);
    if (stands.at(-1) !== stand) stands.push(stand);
    if (deployment.finishedAt !== undefined || deployment.stoppedAt !== undefined) return stands;
    s.sandbox.clock.advance(step);
  }
  return stands;
}

/** Steers the sandbox over HTTP. */
export async function control(s: SandboxUnderTest, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${s.sandbox.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
  const answer: unknown = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer;
}
