import type { Attribute } from '@aws-sdk/client-ecs';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { Wire } from '../util/wire-types.ts';

type Attributes = readonly Wire<Attribute>[];
export type AttributeValues = ReadonlyMap<string, string>;

/** Lists of attributes are replaced, never changed; instances of one kind share theirs. */
const VALUES = new WeakMap<Attributes, AttributeValues>();

/** Values by name; an empty string for an attribute without a value. */
export function valuesOf(attributes: Attributes): AttributeValues {
  const present = VALUES.get(attributes);
  if (present !== undefined) return present;
  const values = new Map(attributes.map(({ name = '', value = '' }) => [name, value]));
  VALUES.set(attributes, values);
  return values;
}

/** The value of an instance's attribute; undefined if it has no such attribute. */
export function attributeOf({ attributes }: Pick<InstanceRecord, 'attributes'>, name: string): string | undefined {
  return valuesOf(attributes).get(name);
}
