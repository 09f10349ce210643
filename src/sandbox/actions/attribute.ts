import type {
  Attribute,
  DeleteAttributesRequest,
  DeleteAttributesResponse,
  ListAttributesRequest,
  ListAttributesResponse,
  PutAttributesRequest,
  PutAttributesResponse,
} from '@aws-sdk/client-ecs';
import { changeInstance } from '../instances/instances.ts';
import { allSeen } from '../records/consistency.ts';
import { findInstance, requireCluster } from '../records/lookup.ts';
import type { ClusterRecord, InstanceRecord, World } from '../state.ts';
import type { Input, Wire } from '../types.ts';
import type { Action } from '../wire/dispatch.ts';
import { EcsError, invalidParameter, targetNotFound } from '../wire/errors.ts';
import { checkBatch } from '../wire/limits.ts';
import { PAGE_OF_100, paginate } from '../wire/paging.ts';

const NAME = /^[a-zA-Z0-9_./\\-]{1,128}$/;
const MAX_CUSTOM_ATTRIBUTES = 10;
const RESERVED = ['ecs.', 'com.amazonaws.', 'sandbox.'];

function isCustom(name: string): boolean {
  return !RESERVED.some((prefix) => name.startsWith(prefix));
}

function requireTarget(world: World, cluster: ClusterRecord, attribute: Input<Attribute>): InstanceRecord {
  const { targetId, targetType } = attribute;
  if (targetId === undefined) throw invalidParameter('Attribute targetId must not be null.');
  if (targetType !== undefined && targetType !== 'container-instance') {
    throw invalidParameter(`Invalid targetType: ${targetType}`);
  }
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
    if (!NAME.test(attribute.name)) throw invalidParameter(`Invalid attribute name: ${attribute.name}`);
    return { instance: requireTarget(world, cluster, attribute), attribute };
  });
  for (const { instance, attribute } of targets) {
    const { name, value } = attribute;
    const others = instance.attributes.filter((candidate) => candidate.name !== name);
    const custom = others.filter((candidate) => isCustom(candidate.name ?? '')).length;
    if (isCustom(name) && custom >= MAX_CUSTOM_ATTRIBUTES) {
      throw new EcsError('AttributeLimitExceededException', 'A resource can have at most 10 custom attributes.');
    }
    changeInstance(world, instance, {
      attributes: [...others, { name, ...(value === undefined ? {} : { value }) }],
    });
  }
  return { attributes: targets.map(({ instance, attribute }) => toAnswer(instance, attribute)) };
};

export const deleteAttributes: Action<DeleteAttributesRequest, DeleteAttributesResponse> = (world, input) => {
  const cluster = requireCluster(world, input.cluster);
  checkBatch(input.attributes, 10, 'attributes');
  const deleted: Wire<Attribute>[] = [];
  for (const attribute of input.attributes) {
    const instance = requireTarget(world, cluster, attribute);
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
  if (input.targetType !== 'container-instance') throw invalidParameter(`Invalid targetType: ${input.targetType}`);
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
