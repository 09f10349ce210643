import type {
  ContainerDefinition,
  CreateServiceRequest,
  RegisterContainerInstanceRequest,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs';
import { arnOf, iamArn } from '../store/arns.ts';
import type { SeedTools } from './seed.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** One subnet a zone. */
export const NETWORK = {
  awsvpcConfiguration: {
    subnets: ['subnet-0c1e5a1f2b3d40010', 'subnet-0c1e5a1f2b3d40011', 'subnet-0c1e5a1f2b3d40012'],
    securityGroups: ['sg-05d7c3b1a2f4e6980'],
    assignPublicIp: 'DISABLED' as const,
  },
};

export interface ImageOptions {
  readonly family: string;
  readonly version: string;
  readonly cpu?: number;
  readonly memory?: number;
  readonly port?: number;
  readonly fargate?: boolean;
  readonly healthCheck?: boolean;
  readonly labels?: Record<string, string>;
  readonly sidecar?: boolean;
  /** The name of a secret that its container gets as `DATABASE_URL`. */
  readonly secret?: string;
  readonly team: string;
}

function mainContainer(place: SeedTools, options: ImageOptions): ContainerDefinition {
  const { family, version, cpu = 256, memory = 512, port, fargate = false, healthCheck = false, labels } = options;
  return {
    name: family,
    image: `registry.example.com/${family}:${version}`,
    ...(fargate ? {} : { cpu, memory }),
    essential: true,
    ...(port === undefined ? {} : { portMappings: [{ containerPort: port, protocol: 'tcp' as const, name: 'http' }] }),
    environment: [{ name: 'APP_VERSION', value: version }],
    ...(options.secret === undefined
      ? {}
      : { secrets: [{ name: 'DATABASE_URL', valueFrom: arnOf(place, 'secretsmanager', `secret:${options.secret}`) }] }),
    ...(healthCheck ? { healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost/health || exit 1'] } } : {}),
    ...(labels === undefined ? {} : { dockerLabels: labels }),
    logConfiguration: {
      logDriver: 'awslogs' as const,
      options: { 'awslogs-region': place.region, 'awslogs-group': `/ecs/${family}`, 'awslogs-stream-prefix': 'ecs' },
    },
  };
}

/** Registers a revision of a family, from which the world's services are built. */
export function register(gardener: SeedTools, options: ImageOptions): void {
  const { family, cpu = 256, memory = 512, fargate = false, sidecar = false } = options;
  const router: ContainerDefinition = {
    name: 'log-router',
    image: 'public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.2',
    essential: false,
    memoryReservation: 50,
  };
  const request: RegisterTaskDefinitionRequest = {
    family,
    ...(fargate
      ? { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: String(cpu), memory: String(memory) }
      : {}),
    executionRoleArn: iamArn(gardener, 'role/ecsTaskExecutionRole'),
    containerDefinitions: [mainContainer(gardener, options), ...(sidecar ? [router] : [])],
    tags: [
      { key: 'team', value: options.team },
      { key: 'version', value: options.version },
    ],
  };
  gardener.call('RegisterTaskDefinition', request);
}

export function instance(
  cluster: string,
  ec2InstanceId: string,
  availabilityZone: string,
  size: { readonly cpu: number; readonly memory: number; readonly type: string },
): RegisterContainerInstanceRequest {
  const identity = { instanceId: ec2InstanceId, availabilityZone, instanceType: size.type };
  return {
    cluster,
    instanceIdentityDocument: JSON.stringify(identity),
    totalResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: size.cpu },
      { name: 'MEMORY', type: 'INTEGER', integerValue: size.memory },
    ],
  };
}

export function fargateService(input: CreateServiceRequest): CreateServiceRequest {
  return { launchType: 'FARGATE', networkConfiguration: NETWORK, ...input };
}

/** Returns the id in an answer. */
export function firstTaskArn(answer: object): string {
  const { tasks } = answer as { tasks?: { taskArn?: string }[] };
  return tasks?.[0]?.taskArn ?? '';
}

/** Advances to a time before the present. */
export function advanceUntil(gardener: SeedTools, beforeNow: number): void {
  gardener.advance(Math.max(0, gardener.remaining() - beforeNow));
}
