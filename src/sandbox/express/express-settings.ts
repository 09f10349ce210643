import type {
  CreateExpressGatewayServiceRequest,
  RegisterTaskDefinitionRequest,
  UpdateExpressGatewayServiceRequest,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../checks/ecs-errors.ts';
import type { ExpressSettings } from '../model/services/express-records.ts';
import type { TaskDefinitionRecord } from '../model/task-definition-record.ts';
import type { World } from '../model/world.ts';
import { requireActiveTaskDefinition } from '../store/find-record.ts';
import type { Input, Wire } from '../util/wire-types.ts';

export type ExpressInput = Input<CreateExpressGatewayServiceRequest> | Input<UpdateExpressGatewayServiceRequest>;

/** AWS: the name of the container that receives traffic. */
export const MAIN = 'Main';
export const PORT_NAME = 'http';
/** Placeholders for the default VPC. */
const SUBNETS = ['subnet-0a1b2c3d4e5f60001', 'subnet-0a1b2c3d4e5f60002', 'subnet-0a1b2c3d4e5f60003'];

const OWN_DEFINITION = [
  'primaryContainer',
  'executionRoleArn',
  'taskRoleArn',
  'cpu',
  'memory',
  'cpuArchitecture',
] as const satisfies readonly (keyof ExpressInput)[];

function scalingTarget(input: ExpressInput, before: ExpressSettings | undefined): ExpressSettings['scalingTarget'] {
  const target = {
    minTaskCount: 1,
    maxTaskCount: 20,
    autoScalingMetric: 'AVERAGE_CPU' as const,
    autoScalingTargetValue: 60,
    ...before?.scalingTarget,
    ...input.scalingTarget,
  };
  const { minTaskCount = 1, maxTaskCount = 20 } = target;
  if (minTaskCount < 0 || maxTaskCount < minTaskCount) {
    throw invalidParameter('maxTaskCount must not be below minTaskCount.');
  }
  return target;
}

/** The main container of a customer's task definition, as Express services show it. */
function containerOf(definition: TaskDefinitionRecord): ExpressSettings['primaryContainer'] {
  const main = definition.definition.containerDefinitions?.find((container) => container.name === MAIN);
  const containerPort = main?.portMappings?.[0]?.containerPort;
  if (main === undefined || containerPort === undefined || main.portMappings?.length !== 1) {
    throw invalidParameter('The task definition must have a container named Main with a single port mapping.');
  }
  if (!definition.definition.compatibilities?.includes('FARGATE')) {
    throw invalidParameter('The task definition must be compatible with FARGATE.');
  }
  return { image: main.image, containerPort, command: main.command, environment: main.environment };
}

/** The settings of a new revision: the input over the previous settings over AWS's defaults. */
export function readSettings(world: World, input: ExpressInput, before?: ExpressSettings): ExpressSettings {
  const { healthCheckPath = before?.healthCheckPath ?? '/ping', taskDefinitionArn } = input;
  if (!healthCheckPath.startsWith('/')) throw invalidParameter('healthCheckPath must start with a forward slash.');
  const shared = {
    healthCheckPath,
    scalingTarget: scalingTarget(input, before),
    networkConfiguration: { subnets: SUBNETS, ...before?.networkConfiguration, ...input.networkConfiguration },
  };
  if (taskDefinitionArn !== undefined) {
    const doubled = OWN_DEFINITION.find((name) => input[name] !== undefined);
    if (doubled !== undefined) throw invalidParameter(`taskDefinitionArn and ${doubled} cannot be given together.`);
    const definition = requireActiveTaskDefinition(world, taskDefinitionArn);
    const { cpu = '256', memory = '512', executionRoleArn, taskRoleArn, runtimePlatform } = definition.definition;
    const cpuArchitecture = runtimePlatform?.cpuArchitecture;
    const primaryContainer = containerOf(definition);
    return { ...shared, cpu, memory, executionRoleArn, taskRoleArn, cpuArchitecture, primaryContainer };
  }
  const primaryContainer = { ...before?.primaryContainer, ...input.primaryContainer };
  const executionRoleArn = input.executionRoleArn ?? before?.executionRoleArn;
  if (primaryContainer.image === undefined) throw invalidParameter('primaryContainer must not be null.');
  if (executionRoleArn === undefined) throw invalidParameter('executionRoleArn must not be null.');
  return {
    ...shared,
    primaryContainer: { containerPort: 80, ...primaryContainer } as ExpressSettings['primaryContainer'],
    cpu: input.cpu ?? before?.cpu ?? '256',
    memory: input.memory ?? before?.memory ?? '512',
    cpuArchitecture: input.cpuArchitecture ?? before?.cpuArchitecture ?? 'X86_64',
    executionRoleArn,
    taskRoleArn: input.taskRoleArn ?? before?.taskRoleArn,
  };
}

/** The task definition that ECS registers for these settings. */
export function taskDefinitionFor(
  region: string,
  family: string,
  settings: ExpressSettings,
): Input<RegisterTaskDefinitionRequest> {
  const { primaryContainer: main, cpu, memory, executionRoleArn, taskRoleArn, cpuArchitecture } = settings;
  const { logGroup, logStreamPrefix } = main.awsLogsConfiguration ?? {};
  const request: Wire<RegisterTaskDefinitionRequest> = {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu,
    memory,
    executionRoleArn,
    taskRoleArn,
    runtimePlatform: { cpuArchitecture, operatingSystemFamily: 'LINUX' },
    containerDefinitions: [
      {
        name: MAIN,
        image: main.image,
        essential: true,
        command: main.command,
        environment: main.environment,
        secrets: main.secrets,
        portMappings: [{ containerPort: main.containerPort, protocol: 'tcp', name: PORT_NAME }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-region': region,
            'awslogs-group': logGroup ?? `/aws/ecs/${family}`,
            'awslogs-stream-prefix': logStreamPrefix ?? 'ecs',
          },
        },
      },
    ],
  };
  return request as Input<RegisterTaskDefinitionRequest>;
}
