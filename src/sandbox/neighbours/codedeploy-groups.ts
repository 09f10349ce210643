import { EcsError } from '../checks/ecs-errors.ts';
import type { CodeDeployApplication, CodeDeployGroup } from '../model/neighbour-records.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import type { World } from '../model/world.ts';
import { hashOf } from '../util/random.ts';
import { toSeconds } from '../util/wire-types.ts';
import { type Fields, fieldsOf, listOf, optionalCount, optionalText, requiredText, textsOf } from './input.ts';
import type { NeighbourOperation } from './neighbour.ts';

const ALL_AT_ONCE = 'CodeDeployDefault.ECSAllAtOnce';

/** A deterministic id for something that always exists. */
function fixedId(text: string): string {
  const part = (seed: number): string => hashOf(text, seed).toString(16).padStart(8, '0');
  const hex = [1, 2, 3, 4].map(part).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** The name in a target group's ARN. */
export function targetGroupName(arn: string): string {
  return arn.split(':targetgroup/')[1]?.split('/')[0] ?? arn;
}

function servicesOfCodeDeploy(world: World): ServiceRecord[] {
  return [...world.clusters.values()]
    .flatMap((cluster) => [...cluster.services.values()])
    .filter((service) => service.status === 'ACTIVE' && service.deploymentController.type === 'CODE_DEPLOY');
}

/**
 * The console creates an application and a group for each service that it creates with CodeDeploy, under names that
 * `aws ecs deploy` expects. Here each such service has them (our choice), until others of these names are created.
 */
function impliedApplication(world: World, name: string): CodeDeployApplication | undefined {
  const service = servicesOfCodeDeploy(world).find((item) => name === `AppECS-${item.cluster.name}-${item.name}`);
  if (service === undefined) return undefined;
  const { cluster } = service;
  const arn = service.spec.loadBalancers[0]?.targetGroupArn;
  const own = arn === undefined ? undefined : targetGroupName(arn).replace(/-green$/, '');
  const group: CodeDeployGroup = {
    application: name,
    name: `DgpECS-${cluster.name}-${service.name}`,
    id: fixedId(`group ${name}`),
    cluster: cluster.name,
    service: service.name,
    config: ALL_AT_ONCE,
    serviceRoleArn: `arn:${world.partition}:iam::${world.account}:role/ecsCodeDeployRole`,
    targetGroups: own === undefined ? [] : [own, `${own}-green`],
    loadBalancerInfo: undefined,
    readyAction: 'CONTINUE_DEPLOYMENT',
    readyWaitMinutes: 0,
    terminates: true,
    terminationWaitMinutes: 5,
    rollbackEvents: ['DEPLOYMENT_FAILURE'],
    alarms: [],
  };
  return { name, id: fixedId(name), createdAt: service.bornAt, groups: new Map([[group.name, group]]) };
}

export function requireApplication(world: World, name: string): CodeDeployApplication {
  const application = world.neighbours.applications.get(name) ?? impliedApplication(world, name);
  if (application !== undefined) return application;
  throw new EcsError('ApplicationDoesNotExistException', `No application found for name: ${name}`);
}

export function requireGroup(world: World, input: Fields): CodeDeployGroup {
  const application = requireApplication(
    world,
    requiredText(input, 'applicationName', 'ApplicationNameRequiredException'),
  );
  const name = requiredText(input, 'deploymentGroupName', 'DeploymentGroupNameRequiredException');
  const group = application.groups.get(name);
  if (group !== undefined) return group;
  throw new EcsError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${name}`);
}

function renderApplication({ name, id, createdAt }: CodeDeployApplication): object {
  return {
    applicationName: name,
    applicationId: id,
    createTime: toSeconds(createdAt),
    computePlatform: 'ECS',
    linkedToGitHub: false,
  };
}

function renderGroup(group: CodeDeployGroup): object {
  const { readyAction, readyWaitMinutes, terminates, terminationWaitMinutes, rollbackEvents, alarms } = group;
  const pair = { targetGroups: group.targetGroups.map((name) => ({ name })) };
  return {
    applicationName: group.application,
    deploymentGroupName: group.name,
    deploymentGroupId: group.id,
    deploymentConfigName: group.config,
    serviceRoleArn: group.serviceRoleArn,
    computePlatform: 'ECS',
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: readyAction, waitTimeInMinutes: readyWaitMinutes },
      terminateBlueInstancesOnDeploymentSuccess: {
        action: terminates ? 'TERMINATE' : 'KEEP_ALIVE',
        terminationWaitTimeInMinutes: terminationWaitMinutes,
      },
    },
    loadBalancerInfo: group.loadBalancerInfo ?? { targetGroupPairInfoList: [pair] },
    ecsServices: [{ serviceName: group.service, clusterName: group.cluster }],
    autoRollbackConfiguration: { enabled: rollbackEvents.length > 0, events: rollbackEvents },
    alarmConfiguration: {
      enabled: alarms.length > 0,
      ignorePollAlarmFailure: false,
      alarms: alarms.map((name) => ({ name })),
    },
    triggerConfigurations: [],
    ec2TagFilters: [],
    onPremisesInstanceTagFilters: [],
    autoScalingGroups: [],
    outdatedInstancesStrategy: 'UPDATE',
  };
}

function rollbackEventsOf(configuration: unknown): string[] {
  const { enabled, events } = fieldsOf(configuration);
  return enabled === true ? textsOf(events) : [];
}

/** Parameters with which CreateDeployment overrides its group. */
export function readRollbackEvents(input: Fields, group: CodeDeployGroup): readonly string[] {
  return input.autoRollbackConfiguration === undefined
    ? group.rollbackEvents
    : rollbackEventsOf(input.autoRollbackConfiguration);
}

function targetGroupsOf(loadBalancerInfo: Fields): string[] {
  const [pair] = listOf(loadBalancerInfo.targetGroupPairInfoList);
  return listOf(fieldsOf(pair).targetGroups)
    .map((group) => optionalText(fieldsOf(group), 'name'))
    .filter((name) => name !== undefined);
}

function readGroup(world: World, application: string, input: Fields): CodeDeployGroup {
  const name = requiredText(input, 'deploymentGroupName', 'DeploymentGroupNameRequiredException');
  const [target] = listOf(input.ecsServices);
  const service = optionalText(fieldsOf(target), 'serviceName');
  if (service === undefined) {
    throw new EcsError(
      'InvalidECSServiceException',
      'A deployment group of the ECS platform needs one ecsServices entry.',
    );
  }
  const blueGreen = fieldsOf(input.blueGreenDeploymentConfiguration);
  const ready = fieldsOf(blueGreen.deploymentReadyOption);
  const terminate = fieldsOf(blueGreen.terminateBlueInstancesOnDeploymentSuccess);
  const alarms = fieldsOf(input.alarmConfiguration);
  const loadBalancerInfo = fieldsOf(input.loadBalancerInfo);
  return {
    application,
    name,
    id: world.random.uuid(),
    cluster: (optionalText(fieldsOf(target), 'clusterName') ?? 'default').split('/').pop() ?? '',
    service: service.split('/').pop() ?? '',
    config: optionalText(input, 'deploymentConfigName') ?? ALL_AT_ONCE,
    serviceRoleArn: requiredText(input, 'serviceRoleArn', 'RoleRequiredException'),
    targetGroups: targetGroupsOf(loadBalancerInfo),
    loadBalancerInfo: input.loadBalancerInfo === undefined ? undefined : loadBalancerInfo,
    readyAction: ready.actionOnTimeout === 'STOP_DEPLOYMENT' ? 'STOP_DEPLOYMENT' : 'CONTINUE_DEPLOYMENT',
    readyWaitMinutes: optionalCount(ready, 'waitTimeInMinutes') ?? 0,
    terminates: terminate.action !== 'KEEP_ALIVE',
    terminationWaitMinutes: optionalCount(terminate, 'terminationWaitTimeInMinutes') ?? 0,
    rollbackEvents: rollbackEventsOf(input.autoRollbackConfiguration),
    alarms:
      alarms.enabled === true ? listOf(alarms.alarms).map((alarm) => optionalText(fieldsOf(alarm), 'name') ?? '') : [],
  };
}

const createApplication: NeighbourOperation = (world, input) => {
  const name = requiredText(input, 'applicationName', 'ApplicationNameRequiredException');
  if (input.computePlatform !== 'ECS') {
    throw new EcsError(
      'InvalidComputePlatformException',
      'The sandbox has CodeDeploy for the compute platform ECS only.',
    );
  }
  const { applications } = world.neighbours;
  if (applications.has(name)) {
    throw new EcsError('ApplicationAlreadyExistsException', `Application already exists: ${name}`);
  }
  const id = world.random.uuid();
  applications.set(name, { name, id, createdAt: world.clock.now(), groups: new Map() });
  return { applicationId: id };
};

const createDeploymentGroup: NeighbourOperation = (world, input) => {
  const { groups, name } = requireApplication(
    world,
    requiredText(input, 'applicationName', 'ApplicationNameRequiredException'),
  );
  const group = readGroup(world, name, input);
  if (groups.has(group.name)) {
    throw new EcsError('DeploymentGroupAlreadyExistsException', `Deployment group already exists: ${group.name}`);
  }
  groups.set(group.name, group);
  return { deploymentGroupId: group.id };
};

export const GROUP_OPERATIONS: Readonly<Record<string, NeighbourOperation>> = {
  CreateApplication: createApplication,
  GetApplication: (world, input) => ({
    application: renderApplication(
      requireApplication(world, requiredText(input, 'applicationName', 'ApplicationNameRequiredException')),
    ),
  }),
  DeleteApplication: (world, input) => {
    world.neighbours.applications.delete(requiredText(input, 'applicationName', 'ApplicationNameRequiredException'));
    return {};
  },
  CreateDeploymentGroup: createDeploymentGroup,
  GetDeploymentGroup: (world, input) => ({ deploymentGroupInfo: renderGroup(requireGroup(world, input)) }),
  DeleteDeploymentGroup: (world, input) => {
    const group = requireGroup(world, input);
    world.neighbours.applications.get(group.application)?.groups.delete(group.name);
    return { hooksNotCleanedUp: [] };
  },
};
