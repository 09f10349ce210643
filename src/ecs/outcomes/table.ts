import * as capacityProviders from './capacity-providers.ts';
import type { WriteCheck, WriteOperation } from './check.ts';
import * as clusters from './clusters.ts';
import * as containerInstances from './container-instances.ts';
import * as daemons from './daemons.ts';
import * as expressServices from './express-services.ts';
import * as gateways from './gateways.ts';
import * as services from './services.ts';
import * as settings from './settings.ts';
import * as taskDefinitions from './task-definitions.ts';
import * as tasks from './tasks.ts';

/** How to find out the outcome of each write. A missing write is a compile error. */
export const WRITE_CHECKS: { readonly [Op in WriteOperation]: WriteCheck<Op> } = {
  AssociateGatewayWithCluster: gateways.associateGatewayWithCluster,
  ContinueServiceDeployment: services.continueServiceDeployment,
  CreateCapacityProvider: capacityProviders.createCapacityProvider,
  CreateCluster: clusters.createCluster,
  CreateDaemon: daemons.createDaemon,
  CreateExpressGatewayService: expressServices.createExpressGatewayService,
  CreateGateway: gateways.createGateway,
  CreateService: services.createService,
  CreateTaskSet: services.createTaskSet,
  DeleteAccountSetting: settings.deleteAccountSetting,
  DeleteAttributes: settings.deleteAttributes,
  DeleteCapacityProvider: capacityProviders.deleteCapacityProvider,
  DeleteCluster: clusters.deleteCluster,
  DeleteDaemon: daemons.deleteDaemon,
  DeleteDaemonTaskDefinition: daemons.deleteDaemonTaskDefinition,
  DeleteExpressGatewayService: expressServices.deleteExpressGatewayService,
  DeleteGateway: gateways.deleteGateway,
  DeleteService: services.deleteService,
  DeleteTaskDefinitions: taskDefinitions.deleteTaskDefinitions,
  DeleteTaskSet: services.deleteTaskSet,
  DeregisterContainerInstance: containerInstances.deregisterContainerInstance,
  DeregisterTaskDefinition: taskDefinitions.deregisterTaskDefinition,
  DisassociateGatewayFromCluster: gateways.disassociateGatewayFromCluster,
  ExecuteCommand: tasks.executeCommand,
  PutAccountSetting: settings.putAccountSetting,
  PutAccountSettingDefault: settings.putAccountSettingDefault,
  PutAttributes: settings.putAttributes,
  PutClusterCapacityProviders: clusters.putClusterCapacityProviders,
  RegisterContainerInstance: containerInstances.registerContainerInstance,
  RegisterDaemonTaskDefinition: daemons.registerDaemonTaskDefinition,
  RegisterTaskDefinition: taskDefinitions.registerTaskDefinition,
  RunTask: tasks.runTask,
  StartTask: tasks.startTask,
  StopServiceDeployment: services.stopServiceDeployment,
  StopTask: tasks.stopTask,
  SubmitAttachmentStateChanges: tasks.submitAttachmentStateChanges,
  SubmitContainerStateChange: tasks.submitContainerStateChange,
  SubmitTaskStateChange: tasks.submitTaskStateChange,
  TagResource: settings.tagResource,
  UntagResource: settings.untagResource,
  UpdateCapacityProvider: capacityProviders.updateCapacityProvider,
  UpdateCluster: clusters.updateCluster,
  UpdateClusterSettings: clusters.updateClusterSettings,
  UpdateContainerAgent: containerInstances.updateContainerAgent,
  UpdateContainerInstancesState: containerInstances.updateContainerInstancesState,
  UpdateDaemon: daemons.updateDaemon,
  UpdateExpressGatewayService: expressServices.updateExpressGatewayService,
  UpdateGateway: gateways.updateGateway,
  UpdateService: services.updateService,
  UpdateServicePrimaryTaskSet: services.updateServicePrimaryTaskSet,
  UpdateTaskProtection: tasks.updateTaskProtection,
  UpdateTaskSet: services.updateTaskSet,
};
