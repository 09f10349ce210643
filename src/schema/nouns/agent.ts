import type { EcsGraph } from '../graph/ecs-graph.ts';

const AGENT = 'Used by the ECS container agent only.';

/** Operations of the ECS container agent. */
export function addAgent(graph: EcsGraph): void {
  graph.builder.queryFields((t) => ({
    discoverPollEndpoint: t.field({
      type: graph.mutations.payload('DiscoverPollEndpoint'),
      description: `The endpoints that the agent polls. ${AGENT}`,
      args: graph.inputs.args('DiscoverPollEndpoint', t.arg, ['containerInstance', 'cluster'], {
        containerInstance: 'Id or ARN of the container instance.',
        cluster: 'Name or ARN of its cluster. Null means `default`.',
      }),
      extensions: { operations: ['DiscoverPollEndpoint'], ecsCost: 1 },
      resolve: async (_root, args, context) => {
        const input = graph.toAwsInput(context, 'DiscoverPollEndpoint', args);
        return { input, output: await context.ecs.read('DiscoverPollEndpoint', input) };
      },
    }),
  }));

  graph.mutation('RegisterContainerInstance', {
    description: `Registers an instance with a cluster, or updates its registration. ${AGENT}`,
  });
  graph.mutation('SubmitAttachmentStateChanges', {
    description: `Reports that network interfaces or volumes were attached. ${AGENT}`,
  });
  graph.mutation('SubmitContainerStateChange', { description: `Reports that a container changed state. ${AGENT}` });
  graph.mutation('SubmitTaskStateChange', { description: `Reports that a task changed state. ${AGENT}` });
}
