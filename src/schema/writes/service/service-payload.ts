import type { FieldMap } from '@pothos/core';
import type { EcsGraph, Sources } from '../../graph/ecs-graph.ts';
import { deploymentFields } from '../../links/follow-deployment.ts';
import type { ObjectFields } from '../../sdk-types/sdk-graph.ts';
import { planField } from '../core/change-args.ts';
import type { Planned } from '../core/compound.ts';

/** The source of a payload of a mutation that changes one service. */
export interface ServicePayload extends Planned {
  readonly output: { readonly service?: Sources['Service'] | undefined };
}

/** The payload of a mutation that changes one service: the service, the deployment under way, the plan, and further fields. */
export function addServicePayload<Source extends ServicePayload = ServicePayload>(
  graph: EcsGraph,
  name: string,
  description: string,
  further: (t: ObjectFields<Source>) => FieldMap = () => ({}),
) {
  return graph.builder.objectRef<Source>(name).implement({
    description,
    fields: (t) => ({
      service: t.field({
        type: graph.noun('Service').ref,
        description: 'The service after the change; with `dryRun` as it is.',
        resolve: ({ output }) => output.service ?? null,
      }),
      ...deploymentFields(graph, t),
      ...planField(graph, t),
      ...further(t),
    }),
  });
}
