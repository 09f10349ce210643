import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { type Contract, requiredMembers } from '../../../../src/sandbox/checks/operation-contracts.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012:';
/** Names of what is there in the world of everything, of what is not, and values that mean something. */
const TEXTS = [
  'main',
  'web',
  'fargate',
  'web:1',
  'main:1',
  'none',
  'express',
  'sets',
  'FARGATE',
  'http',
  'container-instance',
  'ACTIVE',
  'DRAINING',
  'PERCENT',
  'attribute:ecs.availability-zone in [eu-west-1a]',
  'containerInsights',
  'enabled',
  '256',
  '512',
  `${ARN}cluster/main`,
  `${ARN}service/main/main`,
  `${ARN}service/main/express`,
  `${ARN}daemon/main/main`,
  `${ARN}capacity-provider/main`,
  `${ARN}task-definition/web:1`,
  '',
];

/** Any input that AWS's parser would let through, drawn to both the meaningful and the absurd. */
export function arbitraryInput(contract: Contract, schema: NormalizedSchema, depth = 0): fc.Arbitrary<unknown> {
  const inner = (item: NormalizedSchema): fc.Arbitrary<unknown> => arbitraryInput(contract, item, depth + 1);
  if (schema.isUnionSchema()) {
    const members = [...schema.structIterator()];
    return fc.oneof(...members.map(([name, item]) => inner(item).map((value) => ({ [name]: value }))));
  }
  if (schema.isStructSchema()) {
    const required = new Set(requiredMembers(schema));
    const shape: Record<string, fc.Arbitrary<unknown>> = {};
    for (const [name, item] of schema.structIterator()) {
      if (depth > 3 && !required.has(name)) continue;
      const allowed = contract.enumValues(schema.getName() ?? '', name);
      const plain = allowed !== undefined && !item.isListSchema() ? fc.constantFrom(...allowed) : inner(item);
      shape[name] = required.has(name) ? plain : fc.option(plain, { nil: undefined, freq: depth === 0 ? 2 : 1 });
    }
    return fc.record(shape);
  }
  if (schema.isListSchema()) return fc.array(inner(schema.getValueSchema()), { maxLength: 2 });
  if (schema.isMapSchema()) return fc.dictionary(fc.constantFrom('a', 'b'), inner(schema.getValueSchema()));
  if (schema.isDocumentSchema()) return fc.jsonValue({ maxDepth: 1 });
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema()) return fc.constantFrom(0, 1, 2, 3, 50, 100, 200, -1, 0.5, 1e9);
  if (schema.isTimestampSchema()) return fc.constantFrom(0, 1.8e9);
  return fc.constantFrom(...TEXTS);
}
