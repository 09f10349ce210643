import type * as sdk from '@aws-sdk/client-ecs';

type Sdk = typeof sdk;
type CommandName = Exclude<Extract<keyof Sdk, `${string}Command`>, '$Command'>;
type Command<Op extends OperationName> = InstanceType<Sdk[`${Op}Command`]>;

/** The name of an operation of the pinned SDK, as AWS spells it. */
export type OperationName = CommandName extends `${infer Op}Command` ? Op : never;
export type Input<Op extends OperationName> = Command<Op>['input'];
export type Output<Op extends OperationName> = Awaited<
  ReturnType<ReturnType<Command<Op>['resolveMiddleware']>>
>['output'];

/**
 * A token bucket as AWS documents it for an account and region: `burst` tokens, refilled at `refill` tokens a second.
 */
export interface RateBucket {
  readonly burst: number;
  readonly refill: number;
}

/**
 * The documented buckets (ECS API reference, "Request throttling"; Fargate's take a token for each call or launched
 * task). `undocumented` is our own cautious estimate for the others.
 */
export const RATE_BUCKETS = {
  clusterModify: { burst: 20, refill: 1 },
  clusterRead: { burst: 50, refill: 20 },
  taskDefinitionModify: { burst: 20, refill: 1 },
  taskDefinitionRead: { burst: 50, refill: 20 },
  taskDefinitionDelete: { burst: 5, refill: 1 },
  capacityProviderModify: { burst: 10, refill: 1 },
  capacityProviderRead: { burst: 50, refill: 20 },
  tagModify: { burst: 20, refill: 10 },
  tagRead: { burst: 50, refill: 20 },
  settingModify: { burst: 10, refill: 1 },
  settingRead: { burst: 50, refill: 20 },
  clusterResourceModify: { burst: 100, refill: 40 },
  clusterResourceRead: { burst: 100, refill: 20 },
  agentModify: { burst: 200, refill: 120 },
  serviceModify: { burst: 50, refill: 5 },
  serviceRead: { burst: 100, refill: 20 },
  serviceDeployment: { burst: 50, refill: 20 },
  serviceRevision: { burst: 50, refill: 20 },
  taskProtection: { burst: 200, refill: 80 },
  serviceByNamespace: { burst: 10, refill: 1 },
  runTaskOnFargate: { burst: 20, refill: 20 },
  fargateLaunch: { burst: 100, refill: 20 },
  fargateSpotLaunch: { burst: 100, refill: 20 },
  undocumented: { burst: 20, refill: 5 },
} as const satisfies Record<string, RateBucket>;

export type BucketName = keyof typeof RATE_BUCKETS;

/** The facts that the gateway needs about an operation before it calls it. */
export interface OperationInfo {
  readonly kind: 'read' | 'write' | 'agent';
  readonly bucket: BucketName;
  /** Safe to send twice: after a 5xx or a lost connection it is retried. */
  readonly idempotent: boolean;
}

const read = (bucket: BucketName): OperationInfo => ({ kind: 'read', bucket, idempotent: true });
const write = (bucket: BucketName): OperationInfo => ({ kind: 'write', bucket, idempotent: false });
/** A write that is safe to repeat: AWS marks it as such, or the SDK adds a client token. */
const repeatable = (bucket: BucketName): OperationInfo => ({ kind: 'write', bucket, idempotent: true });
const agent = (bucket: BucketName): OperationInfo => ({ kind: 'agent', bucket, idempotent: false });

/** Every operation of the pinned SDK. The type makes a missing or superfluous entry a compile error. */
export const OPERATIONS: Readonly<Record<OperationName, OperationInfo>> = {
  AssociateGatewayWithCluster: write('undocumented'),
  ContinueServiceDeployment: write('undocumented'),
  CreateCapacityProvider: repeatable('capacityProviderModify'),
  CreateCluster: write('clusterModify'),
  CreateDaemon: write('undocumented'),
  CreateExpressGatewayService: write('undocumented'),
  CreateGateway: repeatable('undocumented'),
  CreateService: write('serviceModify'),
  CreateTaskSet: write('undocumented'),
  DeleteAccountSetting: write('settingModify'),
  DeleteAttributes: write('clusterResourceModify'),
  DeleteCapacityProvider: repeatable('capacityProviderModify'),
  DeleteCluster: repeatable('clusterModify'),
  DeleteDaemon: repeatable('undocumented'),
  DeleteDaemonTaskDefinition: write('undocumented'),
  DeleteExpressGatewayService: write('undocumented'),
  DeleteGateway: write('undocumented'),
  DeleteService: repeatable('serviceModify'),
  DeleteTaskDefinitions: write('taskDefinitionDelete'),
  DeleteTaskSet: repeatable('undocumented'),
  DeregisterContainerInstance: write('clusterResourceModify'),
  DeregisterTaskDefinition: write('taskDefinitionModify'),
  DescribeCapacityProviders: read('capacityProviderRead'),
  DescribeClusters: read('clusterRead'),
  DescribeContainerInstances: read('clusterResourceRead'),
  DescribeDaemon: read('undocumented'),
  DescribeDaemonDeployments: read('undocumented'),
  DescribeDaemonRevisions: read('undocumented'),
  DescribeDaemonTaskDefinition: read('undocumented'),
  DescribeExpressGatewayService: read('undocumented'),
  DescribeGateway: read('undocumented'),
  DescribeGatewayResources: read('undocumented'),
  DescribeGatewayRoute: read('undocumented'),
  DescribeServiceDeployments: read('serviceDeployment'),
  DescribeServiceRevisions: read('serviceRevision'),
  DescribeServices: read('serviceRead'),
  DescribeTaskDefinition: read('taskDefinitionRead'),
  DescribeTaskSets: read('undocumented'),
  DescribeTasks: read('clusterResourceRead'),
  DisassociateGatewayFromCluster: write('undocumented'),
  DiscoverPollEndpoint: { kind: 'agent', bucket: 'undocumented', idempotent: true },
  ExecuteCommand: write('clusterResourceModify'),
  GetTaskProtection: read('taskProtection'),
  ListAccountSettings: read('settingRead'),
  ListAttributes: read('clusterResourceRead'),
  ListClusters: read('clusterRead'),
  ListContainerInstances: read('clusterResourceRead'),
  ListDaemonDeployments: read('undocumented'),
  ListDaemonTaskDefinitions: read('undocumented'),
  ListDaemons: read('undocumented'),
  ListGatewayClusterAssociations: read('undocumented'),
  ListGatewayRoutes: read('undocumented'),
  ListGateways: read('undocumented'),
  ListServiceDeployments: read('serviceDeployment'),
  ListServices: read('serviceRead'),
  ListServicesByNamespace: read('serviceByNamespace'),
  ListTagsForResource: read('tagRead'),
  ListTaskDefinitionFamilies: read('taskDefinitionRead'),
  ListTaskDefinitions: read('taskDefinitionRead'),
  ListTasks: read('clusterResourceRead'),
  PutAccountSetting: write('settingModify'),
  PutAccountSettingDefault: write('settingModify'),
  PutAttributes: write('clusterResourceModify'),
  PutClusterCapacityProviders: write('clusterModify'),
  RegisterContainerInstance: agent('agentModify'),
  RegisterDaemonTaskDefinition: write('undocumented'),
  RegisterTaskDefinition: write('taskDefinitionModify'),
  RunTask: repeatable('clusterResourceModify'),
  StartTask: write('clusterResourceModify'),
  StopServiceDeployment: write('undocumented'),
  StopTask: write('clusterResourceModify'),
  SubmitAttachmentStateChanges: agent('agentModify'),
  SubmitContainerStateChange: agent('agentModify'),
  SubmitTaskStateChange: agent('agentModify'),
  TagResource: write('tagModify'),
  UntagResource: write('tagModify'),
  UpdateCapacityProvider: write('capacityProviderModify'),
  UpdateCluster: write('clusterModify'),
  UpdateClusterSettings: write('clusterModify'),
  UpdateContainerAgent: write('clusterResourceModify'),
  UpdateContainerInstancesState: write('clusterResourceModify'),
  UpdateDaemon: write('undocumented'),
  UpdateExpressGatewayService: write('undocumented'),
  UpdateGateway: write('undocumented'),
  UpdateService: write('serviceModify'),
  UpdateServicePrimaryTaskSet: write('undocumented'),
  UpdateTaskProtection: write('taskProtection'),
  UpdateTaskSet: write('undocumented'),
};
