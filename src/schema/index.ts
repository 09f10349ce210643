import type { GraphQLSchema } from 'graphql';
import { addCluster } from './cluster.ts';
import { addContainerInstance } from './container-instance.ts';
import { EcsGraph } from './ecs-graph.ts';
import { addLive } from './live/index.ts';
import { addNode } from './node.ts';
import { addService } from './service.ts';
import { addTask } from './task.ts';
import { addTaskDefinition } from './task-definition.ts';
import { addTaskDefinitionFamily } from './task-definition-family.ts';

/** The whole graph: one line a noun. */
export function createSchema(): GraphQLSchema {
  const graph = new EcsGraph();
  addNode(graph);
  addCluster(graph);
  addService(graph);
  addTask(graph);
  addContainerInstance(graph);
  addTaskDefinition(graph);
  addTaskDefinitionFamily(graph);
  addLive(graph);
  return graph.toSchema();
}
