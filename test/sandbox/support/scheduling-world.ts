import type { Service, Task } from '@aws-sdk/client-ecs';
import { Backend } from '../../../src/sandbox/backend/backend.ts';
import { readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import type { Accident } from '../../../src/sandbox/control/accident.ts';
import { causeAccident } from '../../../src/sandbox/control/accident-control.ts';
import { Clock } from '../../../src/sandbox/time/clock.ts';

const REGION = 'eu-west-1';
const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };
const contract = readContract();

export const TARGETS = [
  {
    targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/1',
    containerName: 'app',
    containerPort: 80,
  },
];
export const ON_FARGATE = {
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2', 'subnet-3'] } },
} as const;

export interface ContainerOptions {
  readonly image?: string;
  readonly memory?: number;
  readonly hostPort?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly stopTimeout?: number;
  readonly taskRoleArn?: string;
}

/** The sandbox without its network: one cluster, `main`, whose scheduler is watched second by second. */
export class SchedulingWorld {
  readonly backend = new Backend(new Clock(Date.parse('2026-03-01T12:00:00Z'), 0), contract, 'empty', 1);
  #instances = 0;

  constructor() {
    this.call('CreateCluster', { clusterName: 'main', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  }

  call<T = Record<string, unknown>>(operation: string, input: object): T {
    return this.backend.call(REGION, CALLER, operation, { cluster: 'main', ...input }) as T;
  }

  seconds(count: number): void {
    this.backend.clock.advance(count * 1000);
  }

  cause(accident: Accident): void {
    causeAccident(this.backend, { region: REGION, ...accident });
  }

  /** A revision for instances, and its name with the number. */
  onInstances(family: string, options: ContainerOptions = {}): string {
    const { image = 'web:1', memory = 64, hostPort, labels, stopTimeout } = options;
    const portMappings = [{ containerPort: 80, ...(hostPort === undefined ? {} : { hostPort }) }];
    const container = { name: 'app', image, memory, portMappings, dockerLabels: labels, stopTimeout };
    return this.#register({ family, containerDefinitions: [container] });
  }

  /** The same for Fargate. */
  onFargate(family: string, { image = 'web:1', labels, stopTimeout, taskRoleArn }: ContainerOptions = {}): string {
    const container = { name: 'app', image, portMappings: [{ containerPort: 80 }], dockerLabels: labels, stopTimeout };
    const fargate = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' };
    return this.#register({ family, ...fargate, taskRoleArn, containerDefinitions: [container] });
  }

  #register(input: object): string {
    const { taskDefinition } = this.call<{ taskDefinition: { family: string; revision: number } }>(
      'RegisterTaskDefinition',
      input,
    );
    return `${taskDefinition.family}:${taskDefinition.revision}`;
  }

  instance(memory = 2000, zone = 'a', attributes: readonly object[] = []): string {
    this.#instances += 1;
    const identity = { instanceId: `i-${this.#instances}`, availabilityZone: `${REGION}${zone}` };
    const { containerInstance } = this.call<{ containerInstance: { containerInstanceArn: string } }>(
      'RegisterContainerInstance',
      {
        instanceIdentityDocument: JSON.stringify(identity),
        attributes,
        totalResources: [
          { name: 'CPU', type: 'INTEGER', integerValue: 4096 },
          { name: 'MEMORY', type: 'INTEGER', integerValue: memory },
        ],
      },
    );
    return containerInstance.containerInstanceArn;
  }

  create(taskDefinition: string, desiredCount: number | undefined, more: object = {}): void {
    this.call('CreateService', { serviceName: 's', taskDefinition, desiredCount, ...more });
  }

  update(more: object): Service {
    return this.call<{ service: Service }>('UpdateService', { service: 's', ...more }).service;
  }

  service(name = 's'): Service {
    const { services } = this.call<{ services: Service[] }>('DescribeServices', { services: [name] });
    return services[0] ?? {};
  }

  /** `family:revision desired/running rolloutState` of each deployment. */
  deployments(): string[] {
    return (this.service().deployments ?? []).map((item) => {
      const revision = item.taskDefinition?.split('/').pop();
      return `${revision} ${item.desiredCount}/${item.runningCount} ${item.rolloutState}`;
    });
  }

  /** Tasks that are not STOPPED, oldest first. */
  tasks(isMeant: (task: Task) => boolean = () => true): Task[] {
    const cluster = this.backend.world(REGION).clusters.get('main');
    const ids = [...(cluster?.tasks.values() ?? [])]
      .filter((task) => task.lastStatus !== 'STOPPED')
      .map(({ id }) => id);
    if (ids.length === 0) return [];
    return this.call<{ tasks: Task[] }>('DescribeTasks', { tasks: ids }).tasks.filter(isMeant);
  }

  running(family = ''): Task[] {
    const isMeant = ({ lastStatus, desiredStatus, taskDefinitionArn = '' }: Task): boolean =>
      lastStatus === 'RUNNING' && desiredStatus === 'RUNNING' && taskDefinitionArn.includes(family);
    return this.tasks(isMeant);
  }

  /** The least and the most of a figure, looked at each second. */
  watch(seconds: number, figure: () => number): { readonly least: number; readonly most: number } {
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    for (let passed = 0; passed < seconds; passed += 1) {
      this.seconds(1);
      const value = figure();
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return { least, most };
  }
}
