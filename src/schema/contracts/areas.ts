/** Parts of the graph that only some callers need, by their types. Everything else is in the contract `core`. */
export const AREAS = {
  /** Operations of the container agent, its update, and tasks that are started past the scheduler. */
  agent: /^(Submit|DiscoverPollEndpoint|RegisterContainerInstance|UpdateContainerAgent|AgentUpdateStatus|StartTask)/,
  /** Express services, and the resources that ECS creates for them. */
  express: /Express|^ECSManagedResources/,
  daemon: /Daemon/,
  /** The GPUs of an instance and how they are shared. What a container asks for is in core. */
  gpu: /^Gpu/,
  gateway: /Gateway/,
  /** Services of the deployment controller EXTERNAL. */
  taskSet: /TaskSet/,
  /** The existence of a capacity provider is in core; its settings, and the writes, are not. */
  capacityProvider:
    /^(Create|Update|Delete)CapacityProvider|^(ManagedInstances|AutoScalingGroup)Provider|^PutClusterCapacityProviders|^CapacityProviderUpdateStatus$|^ClusterAttachmentsStatus$/,
  /** Creating clusters and changing their settings. */
  clusterAdministration: /^(Create|Update|Delete)Cluster|^Cluster(Configuration|Setting)/,
  accountSetting: /AccountSetting/,
  /** Attributes of an instance are in core; the search by them and the writes are not. */
  attribute: /^(Put|Delete)Attributes|^AttributeConnection/,
  vpcLattice: /VpcLattice/,
  /** Simulations of a change. */
  preview: /^Preview/,
  /** The rest of ECS's rate limits: for operators. */
  rateBudget: /^Rate(Budget|Bucket)$/,
  /** The accounts and regions of the gateway with their credentials and limits: for operators. */
  accountScope: /^AccountScope/,
  /** Deleting deregistered revisions for good, and cleaning them up. */
  taskDefinitionAdministration: /^DeleteTaskDefinitions|^CleanUpTaskDefinitions|^TaskDefinition(Cleanup|Use)/,
  /** Replacing the instances of a cluster in waves. */
  instanceReplacement: /^ReplaceContainerInstances|^Replacement/,
  /** Resources that ECS no longer shows, which only a gateway with the setting HISTORY keeps. */
  history: /^History|^DeploymentStatistics$/,
  /** Names and ports of Service Connect are read in core; how its proxies are set up, and the writes, are not. */
  serviceConnect:
    /^ServiceConnectConfigurationInput|^ServiceConnect(AccessLog|Container|TestTraffic|Tls)|^TimeoutConfiguration|^ClusterServiceConnectDefaults/,
} as const satisfies Readonly<Record<string, RegExp>>;

export type Area = keyof typeof AREAS;

/** The area of a type by its name; undefined for a type that core may have. */
export function areaOf(typeName: string): Area | undefined {
  return (Object.keys(AREAS) as Area[]).find((area) => AREAS[area].test(typeName));
}
