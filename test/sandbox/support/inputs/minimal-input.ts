import type { NormalizedSchema } from '@smithy/core/schema';
import { requiredMembers } from '../../../../src/sandbox/checks/operation-contracts.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012:';

/** Values for members that not any string will do for, by the member's name. */
const TEXTS: Readonly<Record<string, string>> = {
  targetType: 'container-instance',
  status: 'DRAINING',
  name: 'containerInsights',
  value: 'enabled',
  resourceArn: `${ARN}cluster/main`,
  taskDefinition: 'web:1',
  unit: 'PERCENT',
};

/** The smallest input of a shape: required members only, each as small as it may be. */
export function minimalInput(schema: NormalizedSchema, member = ''): unknown {
  if (schema.isUnionSchema()) {
    for (const [name, item] of schema.structIterator()) return { [name]: minimalInput(item, name) };
    return {};
  }
  if (schema.isStructSchema()) {
    const required = new Set(requiredMembers(schema));
    const entries = [...schema.structIterator()].filter(([name]) => required.has(name));
    return Object.fromEntries(entries.map(([name, item]) => [name, minimalInput(item, name)]));
  }
  if (schema.isListSchema()) return [minimalInput(schema.getValueSchema(), member.replace(/s$/, ''))];
  if (schema.isMapSchema() || schema.isDocumentSchema()) return {};
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return 1;
  return TEXTS[member] ?? 'main';
}

/** Members of an answer that its shape does not have, by their paths, as far as they are not undefined. */
export function unknownMembers(schema: NormalizedSchema, value: unknown, path = ''): string[] {
  if (value === undefined || value === null || schema.isDocumentSchema()) return [];
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item, index) => unknownMembers(schema.getValueSchema(), item, `${path}[${index}]`));
  }
  if (schema.isMapSchema()) {
    return Object.entries(value).flatMap(([key, item]) =>
      unknownMembers(schema.getValueSchema(), item, `${path}.${key}`),
    );
  }
  if (schema.isStructSchema()) {
    if (typeof value !== 'object' || Array.isArray(value)) return [`${path} is no structure`];
    const members = new Map([...schema.structIterator()]);
    return Object.entries(value).flatMap(([key, item]) => {
      const member = members.get(key);
      return member === undefined ? [`${path}.${key}`] : unknownMembers(member, item, `${path}.${key}`);
    });
  }
  const type = schema.isBooleanSchema() ? 'boolean' : schema.isStringSchema() ? 'string' : 'number';
  return typeof value === type ? [] : [`${path} is ${typeof value}, not ${type}`];
}
