import type { Attachment } from '@aws-sdk/client-ecs';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { World } from '../model/world.ts';
import { attributeOf } from '../store/instance-attributes.ts';
import { dueAction } from '../time/due-action.ts';
import type { Wire } from '../util/wire-types.ts';
import { changeInstance, retireInstance } from './instance-lifecycle.ts';

/** The attribute of an instance with a trunk ENI; its value is the ENI. */
export const TRUNK_ATTRIBUTE = 'ecs.awsvpc-trunk-id';
/** A sandbox attribute: attaching the trunk fails, with its value as the reason. */
const FAILS_ATTRIBUTE = 'sandbox.trunk-fails';
/** Sizes without a trunk. */
const TOO_SMALL = /\.(nano|micro|small|medium)$/;

function attachment(world: World, status: string, eni: string): Wire<Attachment> {
  return {
    id: world.random.uuid(),
    type: 'ElasticNetworkInterface',
    status,
    details: [{ name: 'networkInterfaceId', value: eni }],
  };
}

/** Whether a new instance gets a trunk: its principal enabled `awsvpcTrunking`, and it is large enough. */
export function canHaveTrunk(instance: InstanceRecord): boolean {
  const type = attributeOf(instance, 'ecs.instance-type');
  return type !== undefined && !TOO_SMALL.test(type);
}

/** REGISTERING while the trunk ENI attaches, then ACTIVE, or REGISTRATION_FAILED with the reason. */
export function attachTrunk(world: World, instance: InstanceRecord): void {
  const eni = `eni-${world.random.hex(17)}`;
  const trunk = attachment(world, 'PRECREATED', eni);
  changeInstance(world, instance, { status: 'REGISTERING', attachments: [trunk] });
  const { registerInstance: step } = world.timings;
  world.clock.after(step, beginAttaching, world, { instance, trunk });
  world.clock.after(2 * step, endAttaching, world, { instance, trunk, eni });
}

interface Trunk {
  readonly instance: InstanceRecord;
  readonly trunk: Wire<Attachment>;
}

const beginAttaching = dueAction('trunk.attaching', (world: World, { instance, trunk }: Trunk) => {
  if (instance.status !== 'REGISTERING') return;
  changeInstance(world, instance, { attachments: [{ ...trunk, status: 'ATTACHING' }] });
});

const endAttaching = dueAction(
  'trunk.attached',
  (world: World, { instance, trunk, eni }: Trunk & { readonly eni: string }) => {
    if (instance.status !== 'REGISTERING') return;
    const failure = attributeOf(instance, FAILS_ATTRIBUTE);
    if (failure !== undefined) {
      changeInstance(world, instance, {
        status: 'REGISTRATION_FAILED',
        statusReason: failure || 'Unable to attach the trunk network interface.',
        attachments: [{ ...trunk, status: 'DELETED' }],
      });
      return;
    }
    changeInstance(world, instance, {
      status: 'ACTIVE',
      attachments: [{ ...trunk, status: 'ATTACHED' }],
      attributes: [...instance.attributes, { name: TRUNK_ATTRIBUTE, value: eni }],
    });
  },
);

/** DEREGISTERING while the trunk detaches, then INACTIVE. False without a trunk. */
export function detachTrunk(world: World, instance: InstanceRecord): boolean {
  const [trunk] = instance.attachments;
  if (trunk?.status !== 'ATTACHED') return false;
  changeInstance(world, instance, {
    status: 'DEREGISTERING',
    agentConnected: false,
    attachments: [{ ...trunk, status: 'DETACHING' }],
  });
  world.clock.after(world.timings.deprovision, endDetaching, world, { instance, trunk });
  return true;
}

const endDetaching = dueAction('trunk.detached', (world: World, { instance, trunk }: Trunk) => {
  changeInstance(world, instance, { attachments: [{ ...trunk, status: 'DELETED' }] });
  retireInstance(world, instance);
});
