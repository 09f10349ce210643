/** A tab that GraphiQL shows on a first visit. */
export interface Example {
  readonly query: string;
  readonly variables?: string;
}

const DASHBOARD = `# Everything that runs, in one answer. At its end
# "extensions.ecs" says how few ECS calls it took.
# Ctrl-Enter runs, Ctrl-Space completes.
query Dashboard {
  clusters {
    nodes {
      clusterName
      runningTasksCount
      services {
        nodes {
          serviceName
          desiredCount
          runningCount
          taskDefinition { family revision }
          deployments {
            status
            rolloutState
            failedTasks
          }
        }
      }
    }
  }
}
`;

const PLACEMENT = `# Where the tasks of a service run:
# links instead of four more requests.
query Placement($cluster: ID!, $service: ID!) {
  service(cluster: $cluster, service: $service) {
    serviceName
    tasks {
      nodes {
        lastStatus
        healthStatus
        startedAt
        availabilityZone
        containerInstance {
          ec2InstanceId
          status
          runningTasksCount
        }
        containers { name lastStatus exitCode }
      }
    }
  }
}
`;

const FAILURES = `# Why tasks of a service keep stopping.
query Failures {
  tasks(
    clusters: ["platform"]
    serviceName: "payments-worker"
    desiredStatus: STOPPED
  ) {
    nodes {
      stopCode
      stoppedReason
      stoppedAt
      containers { name exitCode reason }
    }
  }
}
`;

const DEPLOY = `# Run "Deploy": it replaces the tasks of the service "cart",
# and this tab follows the deployment to its end.
# The list below keeps the last 50 events.
mutation Deploy {
  updateService(
    input: {
      cluster: "storefront"
      service: "cart"
      forceNewDeployment: true
    }
  ) {
    service { serviceName desiredCount }
  }
}

subscription Rollout {
  deploymentProgress(cluster: "storefront", service: "cart") {
    type
    summary
    outcome
    changes { field before after }
    progress {
      percent
      healthyTaskCount
      desiredTaskCount
      tasks {
        state
        isOld
        task { taskArn lastStatus }
      }
      blockedBy { reason message }
    }
  }
}
`;

const FOLLOW = `# What a service says: its last events, then each new one.
# It goes on while you run the tab "Scale".
subscription Follow {
  serviceEvents(
    cluster: "storefront"
    service: "storefront"
    recent: 3
  ) {
    type
    summary
    observedAt
    events { createdAt message }
    service { runningCount pendingCount desiredCount }
  }
}
`;

const SCALE = `# Every ECS write is a mutation of the same name and input.
mutation Scale {
  updateService(
    input: {
      cluster: "storefront"
      service: "storefront"
      desiredCount: 8
    }
  ) {
    service {
      serviceName
      desiredCount
      runningCount
    }
  }
}
`;

/** The tabs in order. Each runs unchanged against the sandbox's demo world. */
const PREVIEW = `# What a deployment would do, without doing it: a simulation
# of ECS's scheduler carries it out on a copy of the cluster.
query Preview {
  previewDeployment(cluster: "platform", service: "orders-api") {
    summary
    outcome
    endsAfter { fastest usual slowest }
    services {
      nodes {
        serviceName
        desiredCount
        lowestHealthyCount
        highestTaskCount
      }
    }
    tasks(first: 20) {
      nodes {
        fate
        after
        containerInstance { ec2InstanceId }
      }
    }
    blockedBy { reason message }
    capacity { missingTaskCount instanceCount instanceType }
    assumptions {
      text
      range { fastest usual slowest }
    }
  }
}
`;

export const EXAMPLES: readonly Example[] = [
  { query: DASHBOARD },
  { query: DEPLOY },
  { query: PLACEMENT, variables: '{ "cluster": "platform", "service": "orders-api" }' },
  { query: FAILURES },
  { query: FOLLOW },
  { query: SCALE },
  { query: PREVIEW },
];
