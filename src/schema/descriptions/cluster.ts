/** Descriptions of the fields of an ECS cluster. */
export const CLUSTER_WORDS = {
  clusterArn: 'The ARN of the cluster. Never null.',
  clusterName: 'The name, unique in its account and region.',
  configuration:
    'How ExecuteCommand logs and encrypts here, and how managed storage is encrypted. Requested from ECS only when selected.',
  status:
    'ACTIVE while it can be used; PROVISIONING, DEPROVISIONING or FAILED while capacity providers are set up or removed; INACTIVE once deleted.',
  registeredContainerInstancesCount: 'Container instances that are ACTIVE or DRAINING.',
  runningTasksCount: 'Tasks whose last status is RUNNING.',
  pendingTasksCount: 'Tasks whose last status is PENDING. PROVISIONING tasks count neither here nor as running.',
  activeServicesCount: 'Services that are ACTIVE.',
  statistics:
    'Running and pending tasks, active and draining services, each split by launch type. Requested from ECS only when selected.',
  tags: 'The tags of the cluster. Requested from ECS only when selected.',
  settings: 'Settings such as containerInsights. Requested from ECS only when selected.',
  capacityProviderNames: 'Names of the capacity providers that tasks may use here.',
  defaultCapacityProviderStrategy:
    'The strategy of RunTask and CreateService calls that set neither a launch type nor a strategy.',
  attachments:
    'Resources that ECS created for the capacity providers (scaling plans, managed rules). Requested from ECS only when selected.',
  attachmentsStatus: 'UPDATE_IN_PROGRESS, UPDATE_COMPLETE or UPDATE_FAILED for `attachments`.',
  serviceConnectDefaults: 'The default Service Connect namespace of services that set none. Null if not set.',
} as const;
