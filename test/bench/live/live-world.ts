import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';

const CLUSTER = 'bench';
const BATCH = 10;

/** A sandbox in another process, with services in one cluster that deploy for as long as the bench takes. */
export class DeployingWorld {
  readonly names: readonly string[];
  readonly #url: string;
  readonly #ecs: ECSClient;
  /** By the id of a service event, when it was made, on this process's clock. */
  readonly #eventAt = new Map<string, number>();
  /** How far the sandbox's clock is ahead of ours. */
  #ahead = 0;

  constructor(url: string, services: number) {
    this.#url = url;
    const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
    this.#ecs = new ECSClient({ endpoint: url, region: 'eu-west-1', credentials });
    this.names = Array.from({ length: services }, (_, i) => `web-${i}`);
  }

  /** Half of the tasks are of a new revision that bakes for two days, so that nothing ends while it is followed. */
  async deploy(tasks: number): Promise<void> {
    await this.#ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
    await this.#ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        cpu: '256',
        memory: '512',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        containerDefinitions: [{ name: 'app', image: 'web:1' }],
      }),
    );
    await this.#eachService((serviceName) =>
      this.#ecs.send(
        new CreateServiceCommand({
          cluster: CLUSTER,
          serviceName,
          taskDefinition: 'web',
          desiredCount: tasks / 2,
          launchType: 'FARGATE',
          networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
        }),
      ),
    );
    await this.#control('clock/advance', { ms: 300_000 });
    await this.#eachService((service) =>
      this.#ecs.send(
        new UpdateServiceCommand({
          cluster: CLUSTER,
          service,
          forceNewDeployment: true,
          deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1_440 },
        }),
      ),
    );
    await this.#control('clock/advance', { ms: 300_000 });
    await this.#control('faults', { throttling: { enabled: true, scale: 1 } });
    const { now } = (await this.#control('clock/resume', { speed: 1 })) as { now: string };
    this.#ahead = Date.parse(now) - Date.now();
  }

  /** Something happens in a service: one of its tasks is stopped, and it starts another. */
  async disturb(service: string): Promise<void> {
    const { taskArns } = await this.#ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName: service }));
    const task = taskArns?.[Math.floor(Math.random() * taskArns.length)];
    if (task !== undefined) await this.#ecs.send(new StopTaskCommand({ cluster: CLUSTER, task }));
  }

  async calls(): Promise<Readonly<Record<string, number>>> {
    const response = await fetch(`${this.#url}/_sandbox/calls`);
    return (await response.json()) as Record<string, number>;
  }

  /** Times of the events that services report now. */
  async learnEvents(): Promise<ReadonlyMap<string, number>> {
    for (let first = 0; first < this.names.length; first += BATCH) {
      const services = this.names.slice(first, first + BATCH);
      const described = await this.#ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services }));
      for (const { id = '', createdAt } of (described.services ?? []).flatMap(({ events }) => events ?? [])) {
        this.#eventAt.set(id, (createdAt?.getTime() ?? 0) - this.#ahead);
      }
    }
    return this.#eventAt;
  }

  close(): void {
    this.#ecs.destroy();
  }

  async #eachService(act: (name: string) => Promise<unknown>): Promise<void> {
    for (const name of this.names) await act(name);
  }

  async #control(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.#url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }
}
