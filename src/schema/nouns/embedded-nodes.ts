import type { Container } from '@aws-sdk/client-ecs';
import { homeOf } from '../../ecs/core/describe-specs.ts';
import { encodeNodeId } from '../core/node-id.ts';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import { ofService, SERVICE_OF_DEPLOYMENT, serviceOf } from '../links/deployment-source.ts';

const ID = 'Opaque and lasting; good for `node(id)` and for caches.';
const SLOT = 'DeploymentSlot';
const CONTAINER = 'Container';

/** Ids of what ECS embeds in services and tasks: a Node is read with what embeds it. */
export function addEmbeddedNodes(graph: EcsGraph): void {
  graph.builder.objectFields(graph.outputType('Deployment'), (t) => ({
    id: t.id({
      nullable: false,
      description: ID,
      resolve: (deployment) => {
        const { serviceArn = '', clusterArn = '' } = serviceOf(deployment);
        return encodeNodeId({ type: SLOT, parts: [serviceArn, clusterArn, deployment.id ?? ''] });
      },
    }),
  }));
  graph.addFetcher(SLOT, async ({ parts: [id, clusterArn, deploymentId] }, context) => {
    const members = ['deployments', ...SERVICE_OF_DEPLOYMENT];
    const service = await context.loaders
      .of('Service')
      .load({ id, cluster: homeOf('Service', id, clusterArn), members });
    const deployment = service?.deployments?.find((candidate) => candidate.id === deploymentId);
    return service && deployment ? ofService(service, deployment) : null;
  });

  graph.builder.objectFields(graph.outputType('Container'), (t) => ({
    id: t.id({
      nullable: false,
      description: ID,
      extensions: { members: ['containerArn', 'taskArn', 'name'] },
      resolve: ({ taskArn = '', ...container }) =>
        encodeNodeId({ type: CONTAINER, parts: [nameOf(container), taskArn] }),
    }),
  }));
  graph.addFetcher(CONTAINER, async ({ parts: [name, taskArn = ''] }, context) => {
    if (taskArn === '') return null;
    const members = ['containers'];
    const task = await context.loaders.of('Task').load({ id: taskArn, cluster: homeOf('Task', taskArn), members });
    return task?.containers?.find((container) => nameOf(container) === name) ?? null;
  });
}

/** Its ARN, or its name in the task where another implementation of ECS gives it none. */
function nameOf({ containerArn, name }: Container): string {
  return containerArn ?? name ?? '-';
}
