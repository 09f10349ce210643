import type { ClusterRecord } from '../model/cluster-record.ts';
import type { World } from '../model/world.ts';

/**
 * Whether EC2 tasks run in a cluster without instances. AWS refuses them; some emulators run them, so this is an
 * option. Once an instance has registered, placement is real.
 */
export function runsAnywhere({ anyCapacity }: World, { instances }: ClusterRecord): boolean {
  return anyCapacity && [...instances.values()].every(({ status }) => status === 'INACTIVE');
}
