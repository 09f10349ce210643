import * as accountSetting from '../actions/account/account-setting.ts';
import * as tag from '../actions/account/tag.ts';
import type { AnyAction } from '../actions/action.ts';
import * as agent from '../actions/clusters/agent.ts';
import * as attribute from '../actions/clusters/attribute.ts';
import * as capacityProvider from '../actions/clusters/capacity-provider.ts';
import * as cluster from '../actions/clusters/cluster.ts';
import * as containerInstance from '../actions/clusters/container-instance.ts';
import * as daemon from '../actions/daemons/daemon.ts';
import * as daemonDeployment from '../actions/daemons/daemon-deployment.ts';
import * as daemonTaskDefinition from '../actions/daemons/daemon-task-definition.ts';
import * as gateway from '../actions/gateways/gateway.ts';
import * as gatewayRoute from '../actions/gateways/gateway-route.ts';
import * as express from '../actions/services/express.ts';
import * as service from '../actions/services/service.ts';
import * as serviceDeployment from '../actions/services/service-deployment.ts';
import * as taskSet from '../actions/services/task-set.ts';
import * as executeCommand from '../actions/tasks/execute-command.ts';
import * as task from '../actions/tasks/task.ts';
import * as taskDefinition from '../actions/tasks/task-definition.ts';
import * as taskProtection from '../actions/tasks/task-protection.ts';

/** Every operation of the sandbox, by AWS's name. */
export const ACTIONS: Readonly<Record<string, AnyAction | undefined>> = {
  AssociateGatewayWithCluster: gatewayRoute.associateGatewayWithCluster,
  ContinueServiceDeployment: serviceDeployment.continueServiceDeployment,
  CreateCapacityProvider: capacityProvider.createCapacityProvider,
  CreateCluster: cluster.createCluster,
  CreateDaemon: daemon.createDaemon,
  CreateExpressGatewayService: express.createExpressGatewayService,
  CreateGateway: gateway.createGateway,
  CreateService: service.createService,
  CreateTaskSet: taskSet.createTaskSet,
  DeleteAccountSetting: accountSetting.deleteAccountSetting,
  DeleteAttributes: attribute.deleteAttributes,
  DeleteCapacityProvider: capacityProvider.deleteCapacityProvider,
  DeleteCluster: cluster.deleteCluster,
  DeleteDaemon: daemon.deleteDaemon,
  DeleteDaemonTaskDefinition: daemonTaskDefinition.deleteDaemonTaskDefinition,
  DeleteExpressGatewayService: express.deleteExpressGatewayService,
  DeleteGateway: gateway.deleteGateway,
  DeleteService: service.deleteService,
  DeleteTaskDefinitions: taskDefinition.deleteTaskDefinitions,
  DeleteTaskSet: taskSet.deleteTaskSet,
  DeregisterContainerInstance: containerInstance.deregisterContainerInstance,
  DeregisterTaskDefinition: taskDefinition.deregisterTaskDefinition,
  DescribeCapacityProviders: capacityProvider.describeCapacityProviders,
  DescribeClusters: cluster.describeClusters,
  DescribeContainerInstances: containerInstance.describeContainerInstances,
  DescribeDaemon: daemon.describeDaemon,
  DescribeDaemonDeployments: daemonDeployment.describeDaemonDeployments,
  DescribeDaemonRevisions: daemonDeployment.describeDaemonRevisions,
  DescribeDaemonTaskDefinition: daemonTaskDefinition.describeDaemonTaskDefinition,
  DescribeExpressGatewayService: express.describeExpressGatewayService,
  DescribeGateway: gateway.describeGateway,
  DescribeGatewayResources: gateway.describeGatewayResources,
  DescribeGatewayRoute: gatewayRoute.describeGatewayRoute,
  DescribeServiceDeployments: serviceDeployment.describeServiceDeployments,
  DescribeServiceRevisions: serviceDeployment.describeServiceRevisions,
  DescribeServices: service.describeServices,
  DescribeTaskDefinition: taskDefinition.describeTaskDefinition,
  DescribeTaskSets: taskSet.describeTaskSets,
  DescribeTasks: task.describeTasks,
  DisassociateGatewayFromCluster: gatewayRoute.disassociateGatewayFromCluster,
  DiscoverPollEndpoint: agent.discoverPollEndpoint,
  ExecuteCommand: executeCommand.executeCommand,
  GetTaskProtection: taskProtection.getTaskProtection,
  ListAccountSettings: accountSetting.listAccountSettings,
  ListAttributes: attribute.listAttributes,
  ListClusters: cluster.listClusters,
  ListContainerInstances: containerInstance.listContainerInstances,
  ListDaemonDeployments: daemonDeployment.listDaemonDeployments,
  ListDaemonTaskDefinitions: daemonTaskDefinition.listDaemonTaskDefinitions,
  ListDaemons: daemon.listDaemons,
  ListGatewayClusterAssociations: gatewayRoute.listGatewayClusterAssociations,
  ListGatewayRoutes: gatewayRoute.listGatewayRoutes,
  ListGateways: gateway.listGateways,
  ListServiceDeployments: serviceDeployment.listServiceDeployments,
  ListServices: service.listServices,
  ListServicesByNamespace: service.listServicesByNamespace,
  ListTagsForResource: tag.listTagsForResource,
  ListTaskDefinitionFamilies: taskDefinition.listTaskDefinitionFamilies,
  ListTaskDefinitions: taskDefinition.listTaskDefinitions,
  ListTasks: task.listTasks,
  PutAccountSetting: accountSetting.putAccountSetting,
  PutAccountSettingDefault: accountSetting.putAccountSettingDefault,
  PutAttributes: attribute.putAttributes,
  PutClusterCapacityProviders: capacityProvider.putClusterCapacityProviders,
  RegisterContainerInstance: containerInstance.registerContainerInstance,
  RegisterDaemonTaskDefinition: daemonTaskDefinition.registerDaemonTaskDefinition,
  RegisterTaskDefinition: taskDefinition.registerTaskDefinition,
  RunTask: task.runTask,
  StartTask: task.startTask,
  StopServiceDeployment: serviceDeployment.stopServiceDeployment,
  StopTask: task.stopTask,
  SubmitAttachmentStateChanges: agent.submitAttachmentStateChanges,
  SubmitContainerStateChange: agent.submitContainerStateChange,
  SubmitTaskStateChange: agent.submitTaskStateChange,
  TagResource: tag.tagResource,
  UntagResource: tag.untagResource,
  UpdateCapacityProvider: capacityProvider.updateCapacityProvider,
  UpdateCluster: cluster.updateCluster,
  UpdateClusterSettings: cluster.updateClusterSettings,
  UpdateContainerAgent: agent.updateContainerAgent,
  UpdateContainerInstancesState: containerInstance.updateContainerInstancesState,
  UpdateDaemon: daemon.updateDaemon,
  UpdateExpressGatewayService: express.updateExpressGatewayService,
  UpdateGateway: gateway.updateGateway,
  UpdateService: service.updateService,
  UpdateServicePrimaryTaskSet: taskSet.updateServicePrimaryTaskSet,
  UpdateTaskProtection: taskProtection.updateTaskProtection,
  UpdateTaskSet: taskSet.updateTaskSet,
};
