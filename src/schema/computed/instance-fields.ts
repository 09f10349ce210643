import type { FieldMap } from '@pothos/core';
import type { Sources } from '../graph/ecs-graph.ts';
import { resolveEntity } from '../graph/entity.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';
import type { ResourceAmount } from './resource-amount.ts';
import type { ComputedTypes } from './types.ts';

type Instance = Sources['ContainerInstance'];

const RESOURCES = ['registeredResources', 'remainingResources'];

/** Fields of a container instance for front ends, computed from its attributes and resources. */
export function instanceFields({ resourceAmount: amount }: ComputedTypes, t: ObjectFields<Instance>): FieldMap {
  return {
    instanceType: t.string({
      description: 'The EC2 instance type, such as `m5.large`. Null for an external instance. Costs no call.',
      extensions: { members: ['attributes'] },
      resolve: (instance) => attributeOf(instance, 'ecs.instance-type'),
    }),
    availabilityZone: t.string({
      description: 'Its Availability Zone. Null for an external instance. Costs no call.',
      extensions: { members: ['attributes'] },
      resolve: (instance) => attributeOf(instance, 'ecs.availability-zone'),
    }),
    // `cpu` and `memory` of a task are texts of AWS.
    cpuCapacity: t.field({
      type: amount,
      nullable: false,
      description: 'Its CPU units: 1024 are one vCPU. Costs no call.',
      extensions: { members: RESOURCES },
      resolve: (instance) => amountOf(instance, 'CPU'),
    }),
    memoryCapacity: t.field({
      type: amount,
      nullable: false,
      description: 'Its memory in MiB. Costs no call.',
      extensions: { members: RESOURCES },
      resolve: (instance) => amountOf(instance, 'MEMORY'),
    }),
    isManaged: t.boolean({
      description:
        'Whether ECS itself runs the instance (Managed Instances): its capacity provider decides. Null if the provider was deleted. ' +
        'Costs one DescribeCapacityProviders for each 10 providers, and no call for an instance without one.',
      extensions: {
        members: ['capacityProviderName'],
        operations: ['DescribeCapacityProviders'],
        ecsCost: { describe: 10 },
      },
      resolve: async ({ capacityProviderName: arn }, _args, context) => {
        if (arn === undefined) return false;
        const provider = await resolveEntity(context, 'CapacityProvider', { arn }, MANAGED_BY);
        return provider && provider.managedInstancesProvider !== undefined;
      },
    }),
  };
}

const MANAGED_BY: ReadonlySet<string> = new Set(['managedInstancesProvider']);

export function attributeOf({ attributes = [] }: Instance, name: string): string | null {
  return attributes.find((attribute) => attribute.name === name)?.value ?? null;
}

function amountOf({ registeredResources = [], remainingResources = [] }: Instance, name: string): ResourceAmount {
  const [total, free] = [registeredResources, remainingResources].map(
    (resources) => resources.find((resource) => resource.name === name)?.integerValue ?? 0,
  );
  return { total: total ?? 0, free: free ?? 0 };
}
