import { type GraphQLField, type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/ecs/core/describe-specs.ts';
import { createFakeWorld, type FakeWorld } from '../../support/ecs/fake-ecs.ts';
import { ANSWERS, ARNS, SERVICE, TASK } from '../../support/ecs/one-of-each.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

const schema = sharedSchema();

/** The scalars of a field's type, one level deep; nothing where it needs arguments. */
function selectionOf(field: GraphQLField<unknown, unknown>, depth = 1): string | undefined {
  if (field.args.some(({ type, defaultValue }) => String(type).endsWith('!') && defaultValue === undefined)) return;
  const type = getNamedType(field.type);
  if (isLeafType(type)) return field.name;
  if (!isObjectType(type) || depth === 0) return;
  const inner = Object.values(type.getFields()).flatMap((each) => selectionOf(each, depth - 1) ?? []);
  return inner.length === 0 ? undefined : `${field.name} { ${inner.join(' ')} }`;
}

const kinds = ['Service', 'Task', 'ContainerInstance'] as const;
const lookUps = { Service: 'service', Task: 'task', ContainerInstance: 'containerInstance' } as const;
const fieldsOf = (kind: string) => Object.values((schema.getType(kind) as GraphQLObjectType).getFields());

const resource = (name: string) => ({ name, type: 'INTEGER', integerValue: 4_096 });
const heavy: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>> = {
  DescribeServices: () => ({ services: [{ ...SERVICE, events: [{ id: 'e', createdAt: 1.7e9, message: 'steady' }] }] }),
  DescribeTasks: () => ({
    tasks: [
      {
        ...TASK,
        attachments: [{ id: 'a', type: 'ElasticNetworkInterface', status: 'ATTACHED', details: [] }],
        attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
        containers: [{ name: 'app', image: 'web:7', lastStatus: 'STOPPED', exitCode: 1, reason: 'OOM' }],
        inferenceAccelerators: [{ deviceName: 'd', deviceType: 'eia2.medium' }],
        overrides: { containerOverrides: [{ name: 'app', cpu: 1 }] },
      },
    ],
  }),
  DescribeContainerInstances: (input) => {
    const answer = ANSWERS.DescribeContainerInstances?.(input) as { containerInstances: object[] };
    const more = {
      attributes: [{ name: 'ecs.os-type', value: 'linux' }],
      registeredResources: [resource('CPU')],
      remainingResources: [resource('CPU')],
      attachments: [{ id: 'a', type: 'ServiceConnect', status: 'ATTACHED', details: [] }],
    };
    return { ...answer, containerInstances: answer.containerInstances.map((item) => ({ ...item, ...more })) };
  },
};

describe('members that an operation does not select are left out, and no field misses one', () => {
  let world: FakeWorld;
  beforeAll(async () => {
    world = await createFakeWorld((operation, input) => (heavy[operation] ?? ANSWERS[operation])?.(input) ?? {});
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(kinds)('%s', async (kind) => {
    const members = KINDS[kind].heavy as readonly string[];
    const selections = new Map(fieldsOf(kind).map((field) => [field.name, selectionOf(field)]));
    expect(members.filter((member) => !selections.get(member))).toEqual([]);
    const query = async (selection: string) => {
      const lookUp = lookUps[kind];
      const { data } = await world.query<Record<string, Record<string, unknown>>>(
        `{ ${lookUp}(${lookUp}: "${ARNS[kind]}") { ${selection} } }`,
      );
      return (name: string) => {
        const found = data?.[lookUp]?.[name];
        return typeof found === 'object' && found !== null && 'observedAt' in found
          ? { ...found, observedAt: '' }
          : found;
      };
    };
    const together = await query([...selections.values()].join(' '));
    for (const [name, selection] of selections) {
      if (selection === undefined) continue;
      const alone = (await query(selection))(name);
      expect(alone, name).toEqual(together(name));
      if (members.includes(name)) expect(alone, name).not.toEqual([]);
    }
  });
});
