import type { EcsGraph } from '../graph/ecs-graph.ts';

const AGENT = 'For the ECS container agent; nobody else should need it.';

/** What the ECS container agent says to ECS. */
export function addAgent(graph: EcsGraph): void {
  graph.builder.queryFields((t) => ({
    discoverPollEndpoint: t.field({
      type: graph.mutations.payload('DiscoverPollEndpoint'),
      description: `Where the agent polls for work. ${AGENT}`,
      args: graph.inputs.args('DiscoverPollEndpoint', t.arg, ['containerInstance', 'cluster'], {
        containerInstance: 'Id or ARN of the container instance.',
        cluster: 'Name or ARN of its cluster. Null means `default`.',
      }),
      extensions: { operations: ['DiscoverPollEndpoint'], ecsCost: 1 },
      resolve: async (_root, args, context) => {
        const input = graph.toAwsInput('DiscoverPollEndpoint', args, '');
        return { input, output: await context.ecs.read('DiscoverPollEndpoint', input) };
      },
    }),
  }));

  graph.mutation('RegisterContainerInstance', {
    description: `Registers an instance with a cluster, or again what it has. ${AGENT}`,
  });
  graph.mutation('SubmitAttachmentStateChanges', {
    description: `Says that network interfaces or volumes have been attached. ${AGENT}`,
  });
  graph.mutation('SubmitContainerStateChange', { description: `Says that a container has changed state. ${AGENT}` });
  graph.mutation('SubmitTaskStateChange', { description: `Says that a task has changed state. ${AGENT}` });
}
