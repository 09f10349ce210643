import type { Attachment } from '@aws-sdk/client-ecs';
import { EcsError } from '../checks/ecs-errors.ts';
import type { ClusterRecord } from '../model/cluster-record.ts';
import type { World } from '../model/world.ts';
import { change } from '../store/eventual-consistency.ts';
import { type DueAction, dueAction } from '../time/due-action.ts';
import type { Wire } from '../util/wire-types.ts';
import { isManaged } from './fleets.ts';

/** How long ECS takes to create or delete the scaling plans of a cluster's Auto Scaling groups (our choice). */
const UPDATE_MS = 10_000;
const SCALING_PLAN = 'as_policy';

function providerOf(attachment: Wire<Attachment>): string | undefined {
  return attachment.details?.find((detail) => detail.name === 'capacityProviderName')?.value;
}

export function refuseWhileUpdating(cluster: ClusterRecord): void {
  if (cluster.attachmentsStatus !== 'UPDATE_IN_PROGRESS') return;
  throw new EcsError(
    'UpdateInProgressException',
    'The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED state before they can be updated. Wait and try again.',
  );
}

/**
 * Each Auto Scaling group with managed scaling has a scaling policy, shown as an attachment of the cluster. Creating
 * and deleting them takes time; `onDone` is called afterwards. False if nothing changes.
 */
export function attachScalingPlans(
  world: World,
  cluster: ClusterRecord,
  providers: readonly string[],
  onDone?: DueAction<World, ClusterRecord>,
): boolean {
  const wanted = providers.filter((name) => {
    const provider = world.capacityProviders.get(name);
    return isManaged(provider) && provider.autoScalingGroupProvider !== undefined;
  });
  const kept = cluster.attachments.filter((item) => wanted.includes(providerOf(item) ?? ''));
  const leaving = cluster.attachments.filter((item) => !kept.includes(item));
  const added = wanted
    .filter((name) => !kept.some((item) => providerOf(item) === name))
    .map(
      (name): Wire<Attachment> => ({
        id: world.random.uuid(),
        type: SCALING_PLAN,
        status: 'PRECREATED',
        details: [
          { name: 'capacityProviderName', value: name },
          { name: 'scalingPolicyName', value: `ECSManagedAutoScalingPolicy-${world.random.uuid()}` },
        ],
      }),
    );
  if (leaving.length + added.length === 0) return false;
  const deleting = leaving.map((item) => ({ ...item, status: 'DELETING' }));
  change(world, cluster, {
    attachments: [...kept, ...added, ...deleting],
    attachmentsStatus: 'UPDATE_IN_PROGRESS',
  });
  world.clock.after(UPDATE_MS, completeAttachments, world, { cluster, kept, added, onDone });
  return true;
}

interface AttachmentChange {
  readonly cluster: ClusterRecord;
  readonly kept: readonly Wire<Attachment>[];
  readonly added: readonly Wire<Attachment>[];
  readonly onDone: DueAction<World, ClusterRecord> | undefined;
}

const completeAttachments = dueAction(
  'cluster.completeAttachments',
  (world: World, { cluster, kept, added, onDone }: AttachmentChange) => {
    const created = added.map((item) => ({ ...item, status: 'CREATED' }));
    change(world, cluster, { attachments: [...kept, ...created], attachmentsStatus: 'UPDATE_COMPLETE' });
    onDone?.(world, cluster);
  },
);
