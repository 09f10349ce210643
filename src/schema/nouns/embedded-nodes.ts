import type { Container } from '@aws-sdk/client-ecs';
import { isUnique } from '../../ecs/core/arn.ts';
import { type EntityKind, homeOf } from '../../ecs/core/describe-specs.ts';
import { CONSOLE_URL, consoleUrl } from '../computed/console-url.ts';
import { encodeNodeId } from '../core/node-id.ts';
import type { EcsGraph, Sources } from '../graph/ecs-graph.ts';
import { ofService, SERVICE_OF_DEPLOYMENT, serviceOf } from '../links/deployment-source.ts';

const ID = 'Opaque and stable: accepted by `node(id)`, and a key for caches.';
const SLOT = 'DeploymentSlot';
const CONTAINER = 'Container';
/** Stands in an id for what ECS does not say. */
const UNKNOWN = '-';

interface Embedded<Kind extends EntityKind> {
  readonly type: string;
  readonly holder: Kind;
  /** Members of the holder that the object is found in. */
  readonly members: readonly string[];
  /** The object of a name in its holder; null if it no longer exists. */
  readonly find: (holder: Sources[Kind], name: string) => object | null;
  /** The object with what its id contains, in a holder that the caller may not read. */
  readonly unread: (holder: Sources[Kind], name: string) => object;
}

/** Ids of what ECS embeds in services and tasks: they contain the holder's ARN and cluster, and the object is read with its holder. */
export function addEmbeddedNodes(graph: EcsGraph): void {
  graph.builder.objectFields(graph.outputType('Deployment'), (t) => ({
    id: t.id({
      nullable: false,
      description: ID,
      resolve: (deployment) => {
        const { serviceArn = UNKNOWN, clusterArn = '' } = serviceOf(deployment);
        return encodeNodeId({ type: SLOT, parts: [serviceArn, clusterArn, deployment.id ?? UNKNOWN] });
      },
    }),
    consoleUrl: t.string({
      description: `The page of its service ${CONSOLE_URL}`,
      resolve: (deployment, _args, { services }) => {
        const { serviceArn, clusterArn } = serviceOf(deployment);
        return services.server.isAws && serviceArn !== undefined ? consoleUrl('TaskSet', serviceArn, clusterArn) : null;
      },
    }),
  }));
  addFetcher(graph, {
    type: SLOT,
    holder: 'Service',
    members: ['deployments', ...SERVICE_OF_DEPLOYMENT],
    find: (service, name) => {
      const deployment = service.deployments?.find(({ id }) => id === name);
      return deployment === undefined ? null : ofService(service, deployment);
    },
    unread: (service, id) => ofService(service, { id }),
  });

  graph.builder.objectFields(graph.outputType('Container'), (t) => ({
    id: t.id({
      nullable: false,
      description: ID,
      extensions: { members: ['containerArn', 'taskArn', 'name'] },
      resolve: (container) => {
        const { taskArn = UNKNOWN, clusterArn = '' } = container as ContainerSource;
        return encodeNodeId({ type: CONTAINER, parts: [taskArn, clusterArn, nameOf(container)] });
      },
    }),
  }));
  addFetcher(graph, {
    type: CONTAINER,
    holder: 'Task',
    members: ['containers', 'taskArn', 'clusterArn'],
    find: (task, name) => {
      const container = containersOf(task).find((one) => nameOf(one) === name);
      return container === undefined ? null : { ...container, task };
    },
    unread: (task) => ({ task }),
  });
}

function addFetcher<Kind extends EntityKind>(
  graph: EcsGraph,
  { type, holder: kind, members, find, unread }: Embedded<Kind>,
): void {
  graph.addFetcher(type, async ({ parts: [arn, clusterArn = '', name = ''] }, { access, loaders }) => {
    const cluster = clusterArn === '' ? undefined : clusterArn;
    const denied = access?.deniedByName(kind, arn, cluster);
    if (denied !== undefined) return unread(denied as Sources[Kind], name);
    const home = homeOf(kind, arn, cluster);
    if (home === undefined) return null;
    const holder = await loaders.of(kind).load({ id: arn, cluster: home, members });
    return holder === null ? null : find(holder as Sources[Kind], name);
  });
}

interface ContainerSource extends Container {
  /** Only where the ARN of its task does not contain it. */
  readonly clusterArn?: string | undefined;
}

/** The containers of a task. ARNs of the old format do not contain the cluster, which their ids need. */
export function containersOf({ containers = [], taskArn = '', clusterArn }: Sources['Task']): Container[] {
  return isUnique(taskArn) ? containers : containers.map((container) => ({ ...container, clusterArn }));
}

/** Its ARN, or its name in the task where another implementation of ECS gives it none. */
function nameOf({ containerArn, name }: Container): string {
  return containerArn ?? name ?? UNKNOWN;
}
