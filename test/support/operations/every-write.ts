import { expect } from 'vitest';
import type { WriteOperation } from '../../../src/ecs/outcomes/check.ts';
import type { World } from '../gateway/world.ts';
import { cluster, network, type WriteStep } from './write-steps/step.ts';

/** Where steps are done, and what earlier ones have made. */
export interface StepContext {
  readonly world: World;
  readonly made: Record<string, string>;
}

type Output = Readonly<Record<string, unknown>>;

/** Runs a write as a mutation; `selection` of its payload. */
export async function runWrite(world: World, operation: string, input: object, selection: string) {
  const name = operation.charAt(0).toLowerCase() + operation.slice(1);
  const { data, errors } = await world.query<Record<string, Output | null>>(
    `mutation ($input: ${operation}Input!) { ${name}(input: $input) ${selection} }`,
    { input },
  );
  return { payload: data?.[name] ?? null, errors };
}

/** A value inside another. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, name) => (inner as Output | undefined)?.[name], value);
}

/** The end of a step: later ones find its resources, and the world has had its time. */
export function afterStep({ world, made }: StepContext, { keep = {}, minutes = 0 }: WriteStep, payload: unknown): void {
  for (const [name, path] of Object.entries(keep)) made[name] = String(at(payload, path));
  if (minutes > 0) world.sandbox.clock.advance(minutes * 60_000);
}

type Before = (context: StepContext) => Promise<void>;

/** Resources that the steps need and no write of the table makes, made without a fault. */
export const BEFORE: Partial<Record<WriteOperation, Before>> = {
  async UpdateTaskProtection({ world, made }) {
    const { tasks } = await world.data<{ tasks: { nodes: { taskArn: string }[] } }>(
      '{ tasks(clusters: ["main"], serviceName: "web") { nodes { taskArn } } }',
    );
    made.task = tasks.nodes[0]?.taskArn ?? '';
  },
  async StartTask({ world, made }) {
    const { payload } = await runWrite(
      world,
      'RegisterContainerInstance',
      { cluster, versionInfo: { agentVersion: '1.80.0' } },
      '{ containerInstance { containerInstanceArn } }',
    );
    made.instance = String(at(payload, 'containerInstance.containerInstanceArn'));
  },
  async CreateTaskSet({ world, made }) {
    if (made.taskSet !== undefined) return;
    const input = { cluster, serviceName: 'sets', deploymentController: { type: 'EXTERNAL' }, desiredCount: 1 };
    expect((await runWrite(world, 'CreateService', input, '{ service { serviceArn } }')).errors).toBeUndefined();
  },
  async StopServiceDeployment({ world, made }) {
    const { service } = await world.data<{ service: { currentServiceDeploymentArn: string } }>(
      '{ service(cluster: "main", service: "web") { currentServiceDeploymentArn } }',
    );
    made.deployment = service.currentServiceDeploymentArn;
  },
  async DeleteCapacityProvider({ world }) {
    const input = { cluster, capacityProviders: [], defaultCapacityProviderStrategy: [] };
    await runWrite(world, 'PutClusterCapacityProviders', input, '{ cluster { clusterArn } }');
  },
  async ContinueServiceDeployment({ world, made }) {
    const lifecycleHooks = [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }];
    const service = {
      cluster,
      serviceName: 'green',
      taskDefinition: 'fargate',
      desiredCount: 1,
      launchType: 'FARGATE',
    };
    const deploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks };
    const input = { ...service, networkConfiguration: network, deploymentConfiguration };
    expect((await runWrite(world, 'CreateService', input, '{ service { serviceArn } }')).errors).toBeUndefined();
    world.sandbox.clock.advance(20 * 60_000);
    const update = { cluster, service: 'green', forceNewDeployment: true };
    await runWrite(world, 'UpdateService', update, '{ service { serviceArn } }');
    world.sandbox.clock.advance(5 * 60_000);
    const selection = 'currentServiceDeployment { serviceDeploymentArn lifecycleHookDetails { hookId } }';
    const data = await world.data<Output>(`{ service(cluster: "main", service: "green") { ${selection} } }`);
    made.paused = String(at(data, 'service.currentServiceDeployment.serviceDeploymentArn'));
    made.hook = String(at(data, 'service.currentServiceDeployment.lifecycleHookDetails.0.hookId'));
  },
};
