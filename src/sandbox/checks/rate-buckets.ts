interface Limits {
  readonly burst: number;
  readonly perSecond: number;
  readonly operations: readonly string[];
}

/** A separate bucket that RunTask uses for Fargate. */
export const RUN_TASK_ON_FARGATE = 'RunTask on Fargate';

/** The buckets that AWS documents, each shared by its operations, for each account and Region. */
const DOCUMENTED: readonly Limits[] = [
  {
    burst: 20,
    perSecond: 1,
    operations: [
      'CreateCluster',
      'DeleteCluster',
      'PutClusterCapacityProviders',
      'UpdateCluster',
      'UpdateClusterSettings',
    ],
  },
  { burst: 50, perSecond: 20, operations: ['DescribeClusters', 'ListClusters'] },
  { burst: 20, perSecond: 1, operations: ['RegisterTaskDefinition', 'DeregisterTaskDefinition'] },
  {
    burst: 50,
    perSecond: 20,
    operations: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
  },
  { burst: 5, perSecond: 1, operations: ['DeleteTaskDefinitions'] },
  {
    burst: 10,
    perSecond: 1,
    operations: ['CreateCapacityProvider', 'DeleteCapacityProvider', 'UpdateCapacityProvider'],
  },
  { burst: 50, perSecond: 20, operations: ['DescribeCapacityProviders'] },
  { burst: 20, perSecond: 10, operations: ['TagResource', 'UntagResource'] },
  { burst: 50, perSecond: 20, operations: ['ListTagsForResource'] },
  { burst: 10, perSecond: 1, operations: ['PutAccountSetting', 'PutAccountSettingDefault', 'DeleteAccountSetting'] },
  { burst: 50, perSecond: 20, operations: ['ListAccountSettings'] },
  {
    burst: 100,
    perSecond: 40,
    operations: [
      'RunTask',
      'StartTask',
      'StopTask',
      'ExecuteCommand',
      'PutAttributes',
      'DeleteAttributes',
      'DeregisterContainerInstance',
      'UpdateContainerAgent',
      'UpdateContainerInstancesState',
    ],
  },
  {
    burst: 100,
    perSecond: 20,
    operations: [
      'DescribeTasks',
      'ListTasks',
      'DescribeContainerInstances',
      'ListContainerInstances',
      'ListAttributes',
    ],
  },
  {
    burst: 200,
    perSecond: 120,
    operations: [
      'RegisterContainerInstance',
      'SubmitAttachmentStateChanges',
      'SubmitContainerStateChange',
      'SubmitTaskStateChange',
    ],
  },
  { burst: 50, perSecond: 5, operations: ['CreateService', 'UpdateService', 'DeleteService'] },
  { burst: 100, perSecond: 20, operations: ['DescribeServices', 'ListServices'] },
  { burst: 50, perSecond: 20, operations: ['DescribeServiceDeployments', 'ListServiceDeployments'] },
  { burst: 50, perSecond: 20, operations: ['DescribeServiceRevisions'] },
  { burst: 200, perSecond: 80, operations: ['UpdateTaskProtection', 'GetTaskProtection'] },
  { burst: 10, perSecond: 1, operations: ['ListServicesByNamespace'] },
  { burst: 20, perSecond: 20, operations: [RUN_TASK_ON_FARGATE] },
];

/** Buckets for operations that AWS's table omits, one for reads and one for writes: our choice. */
const OTHER_READS: Limits = { burst: 50, perSecond: 20, operations: [] };
const OTHER_WRITES: Limits = { burst: 20, perSecond: 1, operations: [] };

const BY_OPERATION = new Map(DOCUMENTED.flatMap((limits) => limits.operations.map((name) => [name, limits] as const)));

function limitsOf(operation: string): Limits {
  return BY_OPERATION.get(operation) ?? (/^(Describe|List|Get|Discover)/.test(operation) ? OTHER_READS : OTHER_WRITES);
}

/** Token buckets for each account and Region, filled by the clock that `take` receives. */
export class Buckets {
  readonly #levels = new Map<string, Map<Limits, { tokens: number; at: number }>>();
  readonly #scale: number;

  constructor(scale: number) {
    this.#scale = scale;
  }

  /** Takes one token for a call; false if the bucket is empty. A batch costs one token. */
  take(scope: string, operation: string, now: number): boolean {
    const limits = limitsOf(operation);
    const levels = this.#levels.get(scope) ?? new Map<Limits, { tokens: number; at: number }>();
    this.#levels.set(scope, levels);
    const burst = limits.burst * this.#scale;
    const level = levels.get(limits) ?? { tokens: burst, at: now };
    const refill = (Math.max(0, now - level.at) / 1000) * limits.perSecond * this.#scale;
    const tokens = Math.min(burst, level.tokens + refill);
    const isEnough = tokens >= 1;
    levels.set(limits, { tokens: isEnough ? tokens - 1 : tokens, at: now });
    return isEnough;
  }
}
