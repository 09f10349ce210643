import type { CapacityProvider } from '@aws-sdk/client-ecs';
import { type Evidence, field, includesAll, matches, type WriteCheck } from './check.ts';

interface Named {
  readonly name?: string | undefined;
  readonly cluster?: string | undefined;
}

const showCapacityProvider = ({ name, cluster }: Named) =>
  field(
    'capacityProviders',
    { capacityProviders: name === undefined ? undefined : [name], cluster },
    'nodes { name status updateStatus updateStatusReason }',
  );

async function readCapacityProvider(
  evidence: Evidence,
  { name = '', cluster }: Named,
): Promise<CapacityProvider | undefined> {
  const where = cluster === undefined ? {} : { cluster };
  const input = { capacityProviders: [name], include: ['TAGS' as const], ...where };
  const { capacityProviders } = await evidence.read('DescribeCapacityProviders', input);
  return capacityProviders?.[0];
}

function isThere({ status }: CapacityProvider): boolean {
  return status === 'ACTIVE' || status === 'PROVISIONING';
}

export const createCapacityProvider: WriteCheck<'CreateCapacityProvider'> = {
  check: showCapacityProvider,
  async find(evidence, { name, cluster, tags, ...wanted }) {
    const capacityProvider = await readCapacityProvider(evidence, { name, cluster });
    if (capacityProvider === undefined || !isThere(capacityProvider)) return undefined;
    return matches(capacityProvider, wanted) && includesAll(capacityProvider.tags, tags)
      ? { capacityProvider }
      : undefined;
  },
};

export const updateCapacityProvider: WriteCheck<'UpdateCapacityProvider'> = {
  check: showCapacityProvider,
  async find(evidence, { name, cluster, ...wanted }) {
    const capacityProvider = await readCapacityProvider(evidence, { name, cluster });
    if (capacityProvider === undefined || !isThere(capacityProvider)) return undefined;
    return matches(capacityProvider, wanted) ? { capacityProvider } : undefined;
  },
};

export const deleteCapacityProvider: WriteCheck<'DeleteCapacityProvider'> = {
  check: ({ capacityProvider, cluster }) => showCapacityProvider({ name: capacityProvider, cluster }),
  async find(evidence, { capacityProvider: name, cluster }) {
    const capacityProvider = await readCapacityProvider(evidence, { name, cluster });
    if (capacityProvider === undefined) return undefined;
    const { status, updateStatus } = capacityProvider;
    const isGoing = updateStatus === 'DELETE_IN_PROGRESS' || updateStatus === 'DELETE_COMPLETE';
    return isGoing || status === 'DEPROVISIONING' || status === 'INACTIVE' ? { capacityProvider } : undefined;
  },
};
