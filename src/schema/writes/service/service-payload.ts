import type { EcsGraph, Sources } from '../../graph/ecs-graph.ts';
import { deploymentFields } from '../../links/follow-deployment.ts';
import { planField } from '../core/change-args.ts';
import type { Planned } from '../core/compound.ts';

/** The source of a payload of a mutation that changes one service. */
export interface ServicePayload extends Planned {
  readonly output: { readonly service?: Sources['Service'] | undefined };
}

/** The payload of a mutation that changes one service: the service, the deployment under way, and the plan. */
export function addServicePayload(graph: EcsGraph, name: string, description: string) {
  return graph.builder.objectRef<ServicePayload>(name).implement({
    description,
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service after the change; with `dryRun` as it is.',
        resolve: ({ output }) => output.service ?? null,
      }),
      ...deploymentFields(graph, t),
      ...planField(graph, t),
    }),
  });
}
