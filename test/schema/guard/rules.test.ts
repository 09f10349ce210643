import { isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/ecs/core/describe-specs.ts';
import { OPERATIONS } from '../../../src/ecs/core/operations.ts';
import { ACTION_NAMES, ACTIONS, isWrite, OPERATION_ACTIONS } from '../../../src/policy/model/actions.ts';
import { HELD } from '../../../src/schema/access/holders.ts';
import { ruleOf } from '../../../src/schema/guard/rules.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

describe('every field of the schema', () => {
  const schema = sharedSchema();
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith('__')
      ? Object.values(type.getFields()).map((field) => ({ type, field, rule: ruleOf(schema, type, field) }))
      : [],
  );
  const rulesOf = (typeName: string) =>
    Object.fromEntries(fields.flatMap(({ type, field, rule }) => (type.name === typeName ? [[field.name, rule]] : [])));

  it('has a rule of access', () => {
    expect(fields.length).toBeGreaterThan(1_500);
    expect(fields.filter(({ rule }) => rule === undefined).map(({ type, field }) => `${type}.${field.name}`)).toEqual(
      [],
    );
  });

  it('that gives a noun is guarded by it, wherever it is', () => {
    const isNoun = (name: string) => name in KINDS || name === 'Node';
    const unguarded = fields.filter(
      ({ type, field, rule }) =>
        isNoun(String(field.type).replace(/[[\]!]/g, '')) && rule?.kind !== 'nouns' && !type.name.endsWith('Edge'),
    );
    expect(unguarded.map(({ type, field }) => `${type}.${field.name}`)).toEqual([]);
  });

  it('that gives what a noun holds is decided by the noun, and so is every Node', () => {
    const nodes = schema.getPossibleTypes(schema.getType('Node') as never).map(({ name }) => name);
    expect(nodes.filter((name) => !(name in KINDS)).sort()).toEqual(Object.keys(HELD).sort());
    const held = fields.flatMap(({ type, field, rule }) =>
      Object.hasOwn(HELD, String(field.type).replace(/[[\]!]/g, ''))
        ? [`${type.name}.${field.name} ${rule?.kind}`]
        : [],
    );
    expect(held.sort()).toEqual([
      'Service.deployments covered',
      'Task.containers covered',
      'Task.deploymentSlot nouns',
      'TaskDefinitionFamilyConnection.nodes families',
      'TaskDefinitionFamilyEdge.node families',
    ]);
  });

  it('that counts is decided by all that it counts', () => {
    const unguarded = fields.filter(
      ({ type, field, rule }) =>
        (type.name === 'Overview' || String(field.type) === 'ServiceCounts') &&
        !(rule?.kind === 'checked' && rule.before.some(({ check }) => check === 'count')),
    );
    // The clusters are those that the caller may read.
    expect(unguarded.map(({ type, field }) => `${type.name}.${field.name}`)).toEqual(['Overview.clusterCount']);
  });

  it('at the root is decided by the right action', () => {
    const query = rulesOf('Query');
    expect(query.service).toEqual({ kind: 'nouns' });
    expect(query.tags).toEqual({ kind: 'checked', before: [{ check: 'action', action: 'ListTagsForResource' }] });
    expect(query.attributes).toEqual({ kind: 'checked', before: [{ check: 'action', action: 'ListAttributes' }] });
    expect(query.discoverPollEndpoint).toMatchObject({ before: [{ action: 'DiscoverPollEndpoint' }] });
    expect(query.tasks).toEqual({
      kind: 'checked',
      before: [{ check: 'list', action: 'ListTasks', noun: 'Task' }],
    });
    const open = Object.entries(query).flatMap(([name, rule]) => (rule?.kind === 'covered' ? [name] : []));
    expect(open).toEqual(['imageUsage', 'scopes', 'secretUsage', 'server', 'viewer']);
    for (const rule of Object.values(rulesOf('Subscription'))) expect(rule?.kind).toBe('stream');
    const other = Object.entries(rulesOf('Mutation')).filter(([, rule]) => rule?.kind !== 'covered');
    expect(Object.fromEntries(other)).toMatchObject({
      deployImages: { before: [{ operation: 'RegisterTaskDefinition' }, { operation: 'UpdateService' }] },
      drainContainerInstances: { before: [{ check: 'write', operation: 'UpdateContainerInstancesState' }] },
      runJob: { before: [{ check: 'write', operation: 'RunTask' }] },
      scaleService: { before: [{ check: 'write', operation: 'UpdateService' }] },
    });
  });
});

describe('every operation', () => {
  it('is an action in a group, and its writes are writes', () => {
    expect(Object.keys(OPERATION_ACTIONS).sort()).toEqual(Object.keys(OPERATIONS).sort());
    for (const [name, { kind }] of Object.entries(OPERATIONS)) {
      const operation = name as keyof typeof OPERATIONS;
      expect([name, ACTIONS[operation].group === 'read']).toEqual([name, kind === 'read']);
      expect([name, isWrite(operation)]).toEqual([name, kind !== 'read' && operation !== 'DiscoverPollEndpoint']);
    }
    for (const name of ACTION_NAMES) expect(ACTIONS[name].targets.length).toBeGreaterThan(0);
  });
});
