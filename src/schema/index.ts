import type { GraphQLSchema } from 'graphql';
import { addComputedTypes } from './computed/index.ts';
import { EcsGraph } from './graph/ecs-graph.ts';
import { addNode } from './graph/node.ts';
import { addUsage } from './links/usage.ts';
import { addLive } from './live/index.ts';
import { addAccountSetting } from './nouns/account-setting.ts';
import { addAgent } from './nouns/agent.ts';
import { addAttribute } from './nouns/attribute.ts';
import { addCapacityProvider } from './nouns/capacity-provider.ts';
import { addCluster } from './nouns/cluster.ts';
import { addContainerInstance } from './nouns/container-instance.ts';
import { addDaemon } from './nouns/daemons/daemon.ts';
import { addDaemonDeployment } from './nouns/daemons/daemon-deployment.ts';
import { addDaemonRevision } from './nouns/daemons/daemon-revision.ts';
import { addDaemonTaskDefinition } from './nouns/daemons/daemon-task-definition.ts';
import { addDeployment } from './nouns/deployments/deployment.ts';
import { addServiceDeployment } from './nouns/deployments/service-deployment.ts';
import { addServiceRevision } from './nouns/deployments/service-revision.ts';
import { addExpressGatewayService } from './nouns/gateways/express-gateway-service.ts';
import { addGateway } from './nouns/gateways/gateway.ts';
import { addGatewayClusterAssociation } from './nouns/gateways/gateway-cluster-association.ts';
import { addGatewayRoute } from './nouns/gateways/gateway-route.ts';
import { addRateBudget } from './nouns/rate-budget.ts';
import { addService } from './nouns/service.ts';
import { addTags } from './nouns/tags.ts';
import { addTask } from './nouns/task.ts';
import { addTaskDefinition } from './nouns/task-definition.ts';
import { addTaskDefinitionFamily } from './nouns/task-definition-family.ts';
import { addTaskSet } from './nouns/task-set.ts';
import { addOverview } from './overview/counts.ts';
import { addStoppedTasks } from './overview/stopped-tasks.ts';
import { addSearch } from './search/search.ts';
import { addServiceFilter } from './search/service-filter.ts';

/** The whole graph, one line for each noun. */
export function createSchema(): GraphQLSchema {
  const graph = new EcsGraph();
  addNode(graph);
  const computed = addComputedTypes(graph);
  const filters = addServiceFilter(graph, computed);
  addCluster(graph, filters);
  addService(graph, computed, filters);
  addDeployment(graph);
  addTask(graph);
  addContainerInstance(graph, computed);
  addTaskDefinition(graph, computed);
  addTaskDefinitionFamily(graph);
  addCapacityProvider(graph);
  addServiceDeployment(graph);
  addServiceRevision(graph);
  addTaskSet(graph);
  addDaemon(graph);
  addDaemonDeployment(graph);
  addDaemonRevision(graph);
  addDaemonTaskDefinition(graph);
  addExpressGatewayService(graph);
  addGateway(graph);
  addGatewayRoute(graph);
  addGatewayClusterAssociation(graph);
  addAttribute(graph);
  addAccountSetting(graph);
  addTags(graph);
  addSearch(graph);
  addUsage(graph);
  addAgent(graph);
  const { taskVerdict } = addLive(graph);
  addStoppedTasks(graph, taskVerdict);
  addOverview(graph);
  addRateBudget(graph);
  const schema = graph.toSchema();
  schema.description = DESCRIPTION;
  return schema;
}

const DESCRIPTION = `Amazon ECS as a graph. Start at \`clusters\`, \`services\` or \`service(service:)\` and follow the links; every object with an \`id\` is found again by \`node\`.
Each write of ECS is a mutation; subscriptions such as \`deploymentProgress\` and \`drains\` follow what happens to its end.
\`extensions.ecs\` of each response says how many ECS calls it took; the description of a field says what it costs.`;
