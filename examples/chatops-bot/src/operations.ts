/** One deployment in an event of a feed. */
export interface DeploymentItem {
  readonly kind: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly stalledSince: string | null;
  readonly progress: {
    readonly deploymentId: string | null;
    readonly serviceDeploymentArn: string | null;
    readonly percent: number;
    readonly lifecycleStage: string | null;
    readonly blockedBy: readonly { readonly reason: string; readonly message: string }[];
    readonly hooks: readonly { readonly hookId: string | null; readonly status: string | null }[];
    readonly taskDefinition: { readonly family: string; readonly revision: number } | null;
    readonly service: {
      readonly id: string;
      readonly serviceName: string;
      readonly cluster: { readonly clusterName: string } | null;
    } | null;
  };
}

/** The drain of one or more instances in an event of a feed. */
export interface DrainItem {
  readonly kind: string;
  readonly outcome: string | null;
  readonly summary: string;
  readonly stalledSince: string | null;
  readonly progress: {
    readonly percent: number;
    readonly blockedBy: readonly { readonly reason: string; readonly message: string }[];
    readonly instances: readonly { readonly containerInstanceArn: string }[];
  };
}

export interface Feed<Item> {
  readonly cursor: string;
  readonly type: string;
  readonly summary: string;
  readonly items: readonly Item[];
}

export const DEPLOYMENTS = `subscription Deployments($clusters: [ID!], $after: String, $minInterval: Duration) {
  deployments(clusters: $clusters, after: $after, minInterval: $minInterval) {
    cursor
    type
    summary
    items {
      kind
      outcome
      summary
      stalledSince
      progress {
        deploymentId
        serviceDeploymentArn
        percent
        lifecycleStage
        blockedBy { reason message }
        hooks { hookId status }
        taskDefinition { family revision }
        service { id serviceName cluster { clusterName } }
      }
    }
  }
}`;

export const DRAINS = `subscription Drains($clusters: [ID!], $after: String, $minInterval: Duration) {
  drains(clusters: $clusters, after: $after, minInterval: $minInterval) {
    cursor
    type
    summary
    items {
      kind
      outcome
      summary
      stalledSince
      progress {
        percent
        blockedBy { reason message }
        instances { containerInstanceArn }
      }
    }
  }
}`;

export const FORECAST = `query Forecast($cluster: ID!, $instances: [ID!]!) {
  drainForecast(cluster: $cluster, containerInstances: $instances) { summary blockedBy { message } }
}`;

export const DRAIN = `mutation Drain($cluster: ID!, $instances: [ID!]!, $key: ID!) {
  updateContainerInstancesState(
    input: { cluster: $cluster, containerInstances: $instances, status: DRAINING }
    idempotencyKey: $key
  ) {
    failures { reason detail }
  }
}`;

export const ROLL_BACK = `mutation RollBack($deployment: ID!, $key: ID!) {
  stopServiceDeployment(input: { serviceDeploymentArn: $deployment, stopType: ROLLBACK }, idempotencyKey: $key) {
    serviceDeploymentArn
  }
}`;

export const CONTINUE = `mutation Continue($deployment: ID!, $hook: String!, $action: DeploymentLifecycleHookActionInput!, $key: ID!) {
  continueServiceDeployment(input: { serviceDeploymentArn: $deployment, hookId: $hook, action: $action }, idempotencyKey: $key) {
    serviceDeploymentArn
  }
}`;
