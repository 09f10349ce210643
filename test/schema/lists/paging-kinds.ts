import type { OperationName } from '../../../src/ecs/core/operations.ts';
import { settingName } from '../../support/operations/graph-input.ts';

export type Write = (operation: OperationName, input: object) => Promise<Record<string, unknown>>;

/** A list, and how what it lists begins and ends. */
export interface Kind {
  /** The list as a field, with PAGE where its page is asked for. */
  readonly field: string;
  /** The field that the list belongs to. Absent for a list of the query itself. */
  readonly parent?: string;
  /** The ECS operation behind it, and how many items it puts on a page. */
  readonly list: OperationName;
  readonly page?: number;
  /** Set where ECS lists more than is shown. */
  readonly filtered?: boolean;
  /** The fields that name an item in the answer. */
  readonly member: string;
  /** @returns the item's name in the answer */
  readonly create: (write: Write, name: string) => Promise<string>;
  readonly end?: (write: Write, item: string) => Promise<unknown>;
  /** How long ECS takes until it is listed. */
  readonly beginsAfterMs?: number;
  /** How long ECS takes to end it. */
  readonly endsAfterMs?: number;
}

export const container = {
  name: 'main',
  image: 'web:1',
  memory: 64,
  portMappings: [{ containerPort: 80, name: 'http' }],
};
const awsvpcConfiguration = { subnets: ['subnet-1', 'subnet-2'] };
export const onFargate = { cluster: 'c', taskDefinition: 'web', networkConfiguration: { awsvpcConfiguration } };
export const autoScalingGroupArn =
  'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/own';
const principalArn = 'arn:aws:iam::123456789012:role/ann';

const arnIn = (output: Record<string, unknown>, member: string, name: string) =>
  String((output[member] as Record<string, unknown>)[name]);

const createService = async (write: Write, serviceName: string, more: object = {}) => {
  const input = { ...onFargate, serviceName, desiredCount: 0, launchType: 'FARGATE', ...more };
  return arnIn(await write('CreateService', input), 'service', 'serviceArn');
};
const endService = (write: Write, service: string) => write('DeleteService', { cluster: 'c', service, force: true });

export const KINDS: Readonly<Record<string, Kind>> = {
  clusters: {
    field: 'clusters(PAGE)',
    list: 'ListClusters',
    member: 'clusterName',
    create: async (write, name) => {
      await write('CreateCluster', { clusterName: name });
      return name;
    },
    end: (write, cluster) => write('DeleteCluster', { cluster }),
  },
  services: {
    field: 'services(clusters: ["c"], PAGE)',
    list: 'ListServices',
    member: 'serviceArn',
    create: createService,
    end: endService,
  },
  ...Object.fromEntries(
    ['orderBy: NAME', 'orderBy: CREATED_AT, direction: DESC', 'filter: { name: { contains: "-" } }'].map((order) => [
      `services with ${order}`,
      {
        field: `services(clusters: ["c"], ${order}, PAGE)`,
        list: 'ListServices',
        filtered: true,
        member: 'serviceArn',
        create: createService,
        end: endService,
      } satisfies Kind,
    ]),
  ),
  search: {
    field: 'search(text: "-", kinds: [SERVICE], clusters: ["c"], PAGE)',
    list: 'ListServices',
    filtered: true,
    member: 'name',
    create: async (write, name) => {
      await createService(write, name);
      return name;
    },
    end: endService,
  },
  servicesByNamespace: {
    field: 'servicesByNamespace(namespace: "internal", PAGE)',
    list: 'ListServicesByNamespace',
    member: 'serviceArn',
    create: (write, name) =>
      createService(write, name, { serviceConnectConfiguration: { enabled: true, namespace: 'internal' } }),
    end: endService,
  },
  'services of a task definition': {
    parent: 'taskDefinition(taskDefinition: "shared:1")',
    field: 'services(clusters: ["c"], PAGE)',
    list: 'ListServices',
    filtered: true,
    member: 'serviceArn',
    create: (write, name) => createService(write, name, { taskDefinition: 'shared' }),
    end: endService,
  },
  gatewayRoutes: {
    field: 'gatewayRoutes(gateway: "edge", PAGE)',
    list: 'ListGatewayRoutes',
    member: 'gatewayRouteArn',
    create: async (write, name) => {
      const service = await createService(write, name, { gatewayConnectors: [{ portName: 'http' }] });
      const { gatewayRoutes } = await write('ListGatewayRoutes', { gateway: 'edge', service });
      return String((gatewayRoutes as { gatewayRouteArn: string }[])[0]?.gatewayRouteArn);
    },
    end: async (write, gatewayRouteArn) => {
      const { gatewayRoute } = await write('DescribeGatewayRoute', { gatewayRouteArn });
      await endService(write, String((gatewayRoute as { serviceArn: string }).serviceArn));
    },
    endsAfterMs: 10_000,
  },
  stoppedTasks: {
    field: 'stoppedTasks(clusters: ["c"], PAGE)',
    list: 'ListTasks',
    filtered: true,
    member: 'taskArn',
    create: async (write) => {
      const { tasks } = (await write('RunTask', { ...onFargate, launchType: 'FARGATE' })) as {
        tasks: { taskArn: string }[];
      };
      const task = tasks[0]?.taskArn ?? '';
      await write('StopTask', { cluster: 'c', task });
      return task;
    },
    beginsAfterMs: 15_000,
  },
  tasks: {
    field: 'tasks(clusters: ["c"], PAGE)',
    list: 'ListTasks',
    member: 'taskArn',
    create: async (write) => {
      const { tasks } = (await write('RunTask', { ...onFargate, launchType: 'FARGATE' })) as {
        tasks: { taskArn: string }[];
      };
      return tasks[0]?.taskArn ?? '';
    },
    end: (write, task) => write('StopTask', { cluster: 'c', task }),
  },
  ...Object.fromEntries(
    ['ASC', 'DESC'].map((sort) => [
      `taskDefinitions ${sort}`,
      {
        field: `taskDefinitions(sort: ${sort}, PAGE)`,
        list: 'ListTaskDefinitions',
        member: 'taskDefinitionArn',
        create: async (write, name) => {
          const output = await write('RegisterTaskDefinition', {
            family: `${name[0]}-revisions`,
            containerDefinitions: [container],
          });
          return arnIn(output, 'taskDefinition', 'taskDefinitionArn');
        },
        end: (write, taskDefinition) => write('DeregisterTaskDefinition', { taskDefinition }),
      } satisfies Kind,
    ]),
  ),
  taskDefinitionFamilies: {
    field: 'taskDefinitionFamilies(PAGE, status: ACTIVE)',
    list: 'ListTaskDefinitionFamilies',
    member: 'family',
    create: async (write, name) => {
      const family = `family-${name}`;
      await write('RegisterTaskDefinition', { family, containerDefinitions: [container] });
      return family;
    },
    end: async (write, family) => {
      const found = await write('DescribeTaskDefinition', { taskDefinition: family });
      await write('DeregisterTaskDefinition', { taskDefinition: arnIn(found, 'taskDefinition', 'taskDefinitionArn') });
    },
  },
  containerInstances: {
    field: 'containerInstances(clusters: ["c"], PAGE)',
    list: 'ListContainerInstances',
    member: 'containerInstanceArn',
    create: async (write) =>
      arnIn(await write('RegisterContainerInstance', { cluster: 'c' }), 'containerInstance', 'containerInstanceArn'),
    end: (write, containerInstance) =>
      write('DeregisterContainerInstance', { cluster: 'c', containerInstance, force: true }),
  },
  attributes: {
    field: 'attributes(clusters: ["attributes"], PAGE)',
    list: 'ListAttributes',
    member: 'name targetId',
    create: async (write, name) => {
      // An instance takes ten attributes: they are spread over six.
      const { containerInstanceArns } = await write('ListContainerInstances', { cluster: 'attributes' });
      const targetId = (containerInstanceArns as string[])[Number(name.split('-')[1]) % 6];
      await write('PutAttributes', { cluster: 'attributes', attributes: [{ name, value: 'x', targetId }] });
      return `${name} ${targetId}`;
    },
    end: async (write, item) => {
      const [name, targetId] = item.split(' ');
      await write('DeleteAttributes', { cluster: 'attributes', attributes: [{ name, targetId }] });
    },
  },
  daemons: {
    field: 'daemons(clusters: ["c"], PAGE)',
    list: 'ListDaemons',
    member: 'daemonArn',
    create: async (write, daemonName) => {
      const output = await write('CreateDaemon', {
        daemonName,
        clusterArn: 'c',
        daemonTaskDefinitionArn: 'agent:1',
        capacityProviderArns: ['own'],
      });
      return String(output.daemonArn);
    },
    end: (write, daemonArn) => write('DeleteDaemon', { daemonArn }),
  },
  daemonDeployments: {
    field: 'daemonDeployments(daemonArn: "arn:aws:ecs:eu-west-1:123456789012:daemon/c/deployed", PAGE)',
    list: 'ListDaemonDeployments',
    member: 'daemonDeploymentArn',
    create: async (write) => {
      const output = await write('UpdateDaemon', {
        daemonArn: 'arn:aws:ecs:eu-west-1:123456789012:daemon/c/deployed',
        daemonTaskDefinitionArn: 'agent:1',
        capacityProviderArns: ['own'],
      });
      return String(output.deploymentArn);
    },
  },
  daemonTaskDefinitions: {
    field: 'daemonTaskDefinitions(PAGE)',
    list: 'ListDaemonTaskDefinitions',
    member: 'daemonTaskDefinitionArn',
    create: async (write, name) => {
      const output = await write('RegisterDaemonTaskDefinition', {
        family: `${name[0]}-daemon`,
        containerDefinitions: [{ name: 'agent', image: 'agent', memory: 64 }],
      });
      return String(output.daemonTaskDefinitionArn);
    },
    end: (write, daemonTaskDefinition) => write('DeleteDaemonTaskDefinition', { daemonTaskDefinition }),
  },
  capacityProviders: {
    field: 'capacityProviders(PAGE)',
    list: 'DescribeCapacityProviders',
    page: 10,
    member: 'name',
    create: async (write, name) => {
      await write('CreateCapacityProvider', { name, autoScalingGroupProvider: { autoScalingGroupArn } });
      return name;
    },
    end: (write, capacityProvider) => write('DeleteCapacityProvider', { capacityProvider }),
  },
  serviceDeployments: {
    field: 'serviceDeployments(cluster: "c", service: "deployed", PAGE)',
    list: 'ListServiceDeployments',
    member: 'serviceDeploymentArn',
    create: async (write) => {
      const output = await write('UpdateService', { cluster: 'c', service: 'deployed', forceNewDeployment: true });
      const service = output.service as { currentServiceDeployment?: unknown };
      const { currentServiceDeployment: current } = service;
      return String((current as { serviceDeploymentArn?: string }).serviceDeploymentArn ?? current);
    },
  },
  gateways: {
    field: 'ecsGateways(PAGE)',
    list: 'ListGateways',
    member: 'name',
    create: async (write, name) => {
      await write('CreateGateway', {
        name,
        infrastructureRoleArn: 'arn:aws:iam::123456789012:role/x',
        configuration: { hostSharedAlb: {} },
        deletionProtection: false,
      });
      return name;
    },
    end: (write, gateway) => write('DeleteGateway', { gateway }),
  },
  gatewayClusterAssociations: {
    field: 'gatewayClusterAssociations(gateway: "edge", PAGE)',
    list: 'ListGatewayClusterAssociations',
    member: 'clusterArn',
    create: async (write, name) => {
      const cluster = `served-${name}`;
      const output = await write('CreateCluster', { clusterName: cluster });
      await write('AssociateGatewayWithCluster', { gateway: 'edge', cluster });
      return arnIn(output, 'cluster', 'clusterArn');
    },
    end: (write, cluster) => write('DisassociateGatewayFromCluster', { gateway: 'edge', cluster }),
  },
  accountSettings: {
    field: `accountSettings(principalArn: "${principalArn}", PAGE)`,
    list: 'ListAccountSettings',
    page: 10,
    member: 'name',
    create: async (write, name) => {
      const { settings } = await write('ListAccountSettings', { effectiveSettings: true });
      const known = (settings as { name: string; value: string }[]).filter((one) => one.name !== 'guardDutyActivate');
      const { name: setting = '', value } = known[Number(name.split('-')[1]) % known.length] ?? {};
      await write('PutAccountSetting', { name: setting, value, principalArn });
      return settingName(setting);
    },
    end: async (write, item) => {
      const { settings } = await write('ListAccountSettings', { effectiveSettings: true });
      const name = (settings as { name: string }[]).find((one) => settingName(one.name) === item)?.name;
      await write('DeleteAccountSetting', { name, principalArn });
    },
  },
};
