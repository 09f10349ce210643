import type { ClusterRecord } from '../model/cluster-record.ts';
import type { World } from '../model/world.ts';

/**
 * Whether tasks for EC2 run in a cluster although it has no instance. AWS refuses them; some emulators run them, and people who come from
 * there can ask for it. Where somebody has registered an instance, placement is real.
 */
export function runsAnywhere({ anyCapacity }: World, { instances }: ClusterRecord): boolean {
  return anyCapacity && [...instances.values()].every(({ status }) => status === 'INACTIVE');
}
