/** A tab that GraphiQL shows on a first visit. */
export interface Example {
  readonly query: string;
  readonly variables?: string;
}

const DASHBOARD = `# Everything that runs, in one
# answer. At its end
# "extensions.ecs" counts the
# ECS calls. Ctrl-Enter runs,
# Ctrl-Space completes.
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
          taskDefinition {
            family
            revision
          }
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

const PLACEMENT = `# Where the tasks of a service
# run: links instead of four
# requests.
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

const FAILURES = `# Why tasks of a service stop.
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

const DEPLOY = `# Run "Deploy": it replaces the
# tasks of the service "cart",
# and this tab follows it to
# its end. The list below keeps
# the last 50 events.
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

const FOLLOW = `# The events of a service: the
# last ones, then each new one.
# It goes on while you run the
# tab "Scale".
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

const SCALE = `# Every ECS write is a mutation
# of the same name and input.
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

const PREVIEW = `# What a deployment would do:
# ECS's scheduler is simulated
# on a copy of the cluster.
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

const SAFE_WRITES = `# Writes in one step, as dry
# runs: they return the plan,
# and write nothing. Take
# dryRun away to do it.
mutation DeployImage {
  deployImages(
    cluster: "storefront"
    service: "cart"
    images: [{ container: "cart", image: "shop/cart:9" }]
    dryRun: true
  ) {
    changes { text }
    plan { operation changes { field before after } }
  }
}

# A task with the network and
# capacity of a service.
mutation RunJob {
  runJob(cluster: "storefront", service: "cart", dryRun: true) {
    taskArns
    plan { operation input }
  }
}

# Revisions that ECS does not
# use.
mutation CleanUp {
  cleanUpTaskDefinitions(families: ["orders-api", "storefront"], keep: 1, dryRun: true) {
    kept {
      taskDefinitionArn
      isNewest
      uses { kind service { serviceName } }
    }
    remainingCount
    plan { operation changes { field before after } }
  }
}

# One wave of a replacement;
# continueWith begins the next.
mutation ReplaceInstances {
  replaceContainerInstances(cluster: "platform", waveSize: 1, dryRun: true) {
    state
    containerInstances { ec2InstanceId }
    pendingInstanceCount
    troubles { kind message isPassing }
    continueWith
  }
}
`;

const CHANGES = `# What changed: between two
# task definitions, and by the
# latest deployment of each
# service.
query WhatChanged {
  taskDefinitionDiff(from: "orders-api:1", to: "orders-api:3") {
    changes { path kind before after text }
  }
  services(clusters: ["platform"], first: 5) {
    nodes {
      serviceName
      lastDeployment { status changes { text } }
    }
  }
}
`;

const FINDINGS = `# What deserves attention in
# all clusters, the most severe
# first.
query Findings {
  findings(first: 20) {
    totalCount { value }
    nodes { kind severity message advice evidence { name value } service { serviceName } }
  }
}
`;

/** The tabs in order. Each runs unchanged against the sandbox's demo world. */
export const EXAMPLES: readonly Example[] = [
  { query: DASHBOARD },
  { query: DEPLOY },
  { query: PLACEMENT, variables: '{ "cluster": "platform", "service": "orders-api" }' },
  { query: FAILURES },
  { query: FOLLOW },
  { query: SCALE },
  { query: PREVIEW },
  { query: SAFE_WRITES },
  { query: CHANGES },
  { query: FINDINGS },
];
