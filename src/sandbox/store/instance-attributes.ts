import type { Attribute } from '@aws-sdk/client-ecs';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { Wire } from '../util/wire-types.ts';

type Attributes = readonly Wire<Attribute>[];
export type AttributeValues = ReadonlyMap<string, string>;

/** Lists of attributes are replaced, never changed; instances of one kind share theirs. */
const VALUES = new WeakMap<Attributes, AttributeValues>();

/** Values by name; the empty text for an attribute that has none. */
export function valuesOf(attributes: Attributes): AttributeValues {
  const present = VALUES.get(attributes);
  if (present !== undefined) return present;
  const values = new Map(attributes.map(({ name = '', value = '' }) => [name, value]));
  VALUES.set(attributes, values);
  return values;
}

/** The value of an instance's attribute; undefined if it has no attribute of this name. */
export function attributeOf({ attributes }: Pick<InstanceRecord, 'attributes'>, name: string): string | undefined {
  return valuesOf(attributes).get(name);
}
