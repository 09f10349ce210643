import type {
  Attribute,
  DeleteAttributesRequest,
  DeleteAttributesResponse,
  ListAttributesRequest,
  ListAttributesResponse,
  PutAttributesRequest,
  PutAttributesResponse,
} from '@aws-sdk/client-ecs';
import { EcsError, invalidParameter, targetNotFound } from '../../checks/ecs-errors.ts';
import { checkBatch } from '../../checks/input-limits.ts';
import { PAGE_OF_100, paginate } from '../../checks/paging.ts';
import { changeInstance } from '../../instances/instance-lifecycle.ts';
import type { ClusterRecord } from '../../model/cluster-record.ts';
import type { InstanceRecord } from '../../model/instances/instance-record.ts';
import type { World } from '../../model/world.ts';
import { allSeen } from '../../store/eventual-consistency.ts';
import { findInstance, requireCluster } from '../../store/find-record.ts';
import type { Input, Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

const NAME = /^[a-zA-Z0-9_./\\-]{1,128}$/;
const VALUE = /^(?! )[a-zA-Z0-9_.@/\\: -]{1,128}(?<! )$/;
const MAX_CUSTOM_ATTRIBUTES = 10;
const RESERVED = ['ecs.', 'com.amazonaws.', 'sandbox.'];

function isCustom(name: string): boolean {
  return !RESERVED.some((prefix) => name.startsWith(prefix));
}

function requireTarget(world: World, cluster: ClusterRecord, attribute: Input<Attribute>): InstanceRecord {
  const { targetId } = attribute;
  if (targetId === undefined) throw invalidParameter('Attribute targetId must not be null.');
  const instance = findInstance(world, cluster, targetId);
  if (instance === undefined || instance.status === 'INACTIVE') {
    throw targetNotFound(`The specified target was not found: ${targetId}`);
  }
  return instance;
}

export const putAttributes: Action<PutAttributesRequest, PutAttributesResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  checkBatch(input.attributes, 10, 'attributes');
  const targets = input.attributes.map((attribute) => {
    const { name, value } = attribute;
    if (!NAME.test(name)) throw invalidParameter(`Invalid attribute name: ${name}`);
    if (value !== undefined && !VALUE.test(value)) throw invalidParameter(`Invalid attribute value: ${value}`);
    return { instance: requireTarget(world, cluster, attribute), attribute };
  });
  // All or nothing.
  const changed = new Map<InstanceRecord, InstanceRecord['attributes']>();
  for (const { instance, attribute } of targets) {
    const { name, value } = attribute;
    const others = (changed.get(instance) ?? instance.attributes).filter((candidate) => candidate.name !== name);
    const custom = others.filter((candidate) => isCustom(candidate.name ?? '')).length;
    if (isCustom(name) && custom >= MAX_CUSTOM_ATTRIBUTES) {
      throw new EcsError('AttributeLimitExceededException', 'A resource can have at most 10 custom attributes.');
    }
    changed.set(instance, [...others, { name, ...(value === undefined ? {} : { value }) }]);
  }
  for (const [instance, attributes] of changed) changeInstance(world, instance, { attributes });
  return { attributes: targets.map(({ instance, attribute }) => toAnswer(instance, attribute)) };
};

export const deleteAttributes: Action<DeleteAttributesRequest, DeleteAttributesResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  checkBatch(input.attributes, 10, 'attributes');
  const deleted: Wire<Attribute>[] = [];
  const targets = input.attributes.map((attribute) => requireTarget(world, cluster, attribute));
  for (const [index, instance] of targets.entries()) {
    const attribute = input.attributes[index] ?? { name: '' };
    const matches = (candidate: Wire<Attribute>): boolean =>
      candidate.name === attribute.name && (attribute.value === undefined || candidate.value === attribute.value);
    const gone = instance.attributes.filter(matches);
    deleted.push(...gone.map((item) => toAnswer(instance, item)));
    changeInstance(world, instance, { attributes: instance.attributes.filter((item) => !matches(item)) });
  }
  return { attributes: deleted };
};

function toAnswer(instance: InstanceRecord, { name, value }: Wire<Attribute>): Wire<Attribute> {
  return {
    name,
    ...(value === undefined ? {} : { value }),
    targetType: 'container-instance',
    targetId: instance.arn,
  };
}

export const listAttributes: Action<ListAttributesRequest, ListAttributesResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  if (input.attributeValue !== undefined && input.attributeName === undefined) {
    throw invalidParameter('An attribute value needs an attribute name beside it.');
  }
  const instances = [...allSeen(world, cluster.instances.values())].filter((item) => item.status !== 'INACTIVE');
  const rows = instances.flatMap((instance) =>
    instance.attributes
      .filter((item) => input.attributeName === undefined || item.name === input.attributeName)
      .filter((item) => input.attributeValue === undefined || item.value === input.attributeValue)
      .map((item) => ({ key: `${String(instance.sequence).padStart(12, '0')}:${item.name}`, instance, item }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  );
  const page = paginate(
    'ListAttributes',
    input,
    PAGE_OF_100,
    rows,
    (row) => row.key,
    (row, key) => row.key > key,
  );
  const { items, ...next } = page;
  return { attributes: items.map((row) => toAnswer(row.instance, row.item)), ...next };
};
