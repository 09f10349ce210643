import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { freePort } from '../programs/free-port.ts';
import { createWorld, type World } from './world.ts';

/** A gateway that listens, over a sandbox with an empty cluster `prod`. */
export interface LiveApp extends AsyncDisposable {
  readonly world: World;
  readonly ecs: ECSClient;
  readonly url: string;
  register(image: string): Promise<void>;
  createService(desiredCount?: number): Promise<void>;
  runTask(): Promise<string>;
  stop(task: string): Promise<void>;
  /** Ends the gateway in order, and starts another in its place. */
  restart(): Promise<void>;
}

const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

export async function startLiveApp(settings: Readonly<Record<string, string>> = {}): Promise<LiveApp> {
  const world = await createWorld({ seed: 'empty' }, { PORT: String(await freePort()), ...settings });
  const { url } = await world.app.listen();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const ecs = new ECSClient({ endpoint: world.sandbox.url, region: 'eu-west-1', credentials });
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
  return {
    world,
    ecs,
    url: `${url}/graphql`,
    async register(image) {
      const containerDefinitions = [{ name: 'app', image }];
      const fargate = {
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
      } as const;
      await ecs.send(
        new RegisterTaskDefinitionCommand({
          ...fargate,
          requiresCompatibilities: [...fargate.requiresCompatibilities],
          family: 'web',
          containerDefinitions,
        }),
      );
    },
    async createService(desiredCount = 1) {
      const service = { cluster: 'prod', serviceName: 'web', taskDefinition: 'web', launchType: 'FARGATE' as const };
      await ecs.send(new CreateServiceCommand({ ...service, desiredCount, networkConfiguration: NETWORK }));
    },
    async runTask() {
      const task = { cluster: 'prod', taskDefinition: 'web', launchType: 'FARGATE' as const };
      const { tasks } = await ecs.send(new RunTaskCommand({ ...task, networkConfiguration: NETWORK }));
      return tasks?.[0]?.taskArn ?? '';
    },
    async stop(task) {
      await ecs.send(new StopTaskCommand({ cluster: 'prod', task }));
    },
    restart: () => world.restart(Number(new URL(url).port)),
    async [Symbol.asyncDispose]() {
      ecs.destroy();
      await world.dispose();
    },
  };
}
