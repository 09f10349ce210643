import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  printSchema,
  validate,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { FLOATS, LONGS } from '../../../src/ecs/sdk/number-widths.ts';
import { LINKS_IN, MEMBER_ENUMS, NOUNS, RENAMED_MEMBERS, STATUS_ENUMS } from '../../../src/schema/core/overrides.ts';
import { enums } from '../../../src/schema/generated/enums.ts';
import { operations } from '../../../src/schema/generated/operations.ts';
import { structures } from '../../../src/schema/generated/structures.ts';
import { enumValueName, rawValues } from '../../../src/schema/sdk-types/enum-types.ts';
import { Graph } from '../../../src/schema/sdk-types/sdk-graph.ts';
import { type AnyEnumName, toMember } from '../../../src/schema/sdk-types/sdk-model.ts';

import { linkedOperations, plainOperations } from '../support/every-operation.ts';
import { run } from '../support/sdk-wire.ts';

const plain = plainOperations();
const linked = linkedOperations();

describe('the types of all operations', () => {
  it.each([
    ['without nouns', plain],
    ['with every noun linked', linked],
  ])('are valid together, %s', (_name, schema) => {
    expect(validateSchema(schema)).toStrictEqual([]);
  });

  it('clash neither with each other nor with the names that Relay reserves', () => {
    // Two types of one name would not build; what Relay adds for each noun is not there yet.
    const reserved = [
      'Node',
      'PageInfo',
      ...Object.keys(NOUNS).flatMap((noun) => [`${noun}Connection`, `${noun}Edge`]),
    ];
    const names = Object.keys(linked.getTypeMap());
    expect(names.filter((name) => reserved.includes(name) || /(Connection|Edge)$/.test(name))).toStrictEqual([]);
  });

  it('have no name that only a generator would give', () => {
    const names = Object.values(linked.getTypeMap()).flatMap((type) => (type.name.startsWith('__') ? [] : [type.name]));
    expect(names.filter((name) => /_|Request|Response|^Describe(?!\w+(Input|Payload)$)/.test(name))).toStrictEqual([]);
  });

  it('leave the field `id` to nodes', () => {
    const types = Object.values(linked.getTypeMap()).filter(isObjectType);
    expect(types.filter((type) => 'id' in type.getFields()).map((type) => type.name)).toStrictEqual([]);
  });

  it('are all described, and their scalars specified', () => {
    const own = Object.values(linked.getTypeMap()).filter((type) => !type.name.startsWith('__'));
    expect(own.filter((type) => !type.description).map((type) => type.name)).toStrictEqual([]);
    const scalars = own.filter(isScalarType).filter((type) => !isSpecifiedScalarType(type));
    expect(scalars.map((type) => type.name)).toEqual(expect.arrayContaining(['DateTime', 'JSON', 'Long', 'StringMap']));
    expect(scalars.filter((type) => !URL.canParse(type.specifiedByURL ?? ''))).toStrictEqual([]);
  });

  it('are only those that are reachable', () => {
    const graph = new Graph();
    graph.builder.queryField('deployment', (t) => t.field({ type: graph.outputType('Scale'), resolve: () => ({}) }));
    const types = Object.values(graph.toSchema().getTypeMap()).filter((type) => !type.name.startsWith('__'));
    const names = types.filter((type) => !isScalarType(type)).map((type) => type.name);
    expect(names.sort()).toStrictEqual(['Query', 'Scale', 'ScaleUnit', 'UnrecognizedValue']);
  });

  it('take as inputs what AWS requires as non-null, unions as @oneOf', () => {
    const sdl = printSchema(plain)
      .replace(/^ *"""[\s\S]*?"""\n/gm, '')
      .replace(/\n\n(?= {2})/g, '\n');
    expect(sdl).toContain('input SharingStrategyInput @oneOf {\n  nvidiaMps: NvidiaMpsAllocationInput\n}');
    expect(sdl).toMatch(/input CreateServiceInput \{[^}]*\n {2}serviceName: String!\n/);
    expect(sdl).toMatch(
      /createService\(\s*dryRun: Boolean = false\s*idempotencyKey: ID\s*input: CreateServiceInput!\s*\): CreateServicePayload\n/,
    );
    expect(sdl).toMatch(/type AwsVpcConfiguration \{[^}]*\n {2}subnets: \[String!\]!\n/);
  });
});

describe('overrides', () => {
  const membersOf = (owner: string): Readonly<Record<string, string>> => {
    const { input, output } =
      (operations as Record<string, { input: object; output: object } | undefined>)[owner] ?? {};
    return { ...input, ...output, ...(structures as Record<string, object>)[owner] };
  };

  it('name members that exist', () => {
    const known = (owner: string, member: string) => member in membersOf(owner);
    const members = [LINKS_IN, MEMBER_ENUMS, RENAMED_MEMBERS].flatMap((table) =>
      Object.entries(table).flatMap(([owner, rules]) => Object.keys(rules).map((member) => `${owner}.${member}`)),
    );
    const all = [...members, ...LONGS, ...FLOATS];
    expect(all.filter((path) => !known(...(path.split('.') as [string, string])))).toStrictEqual([]);
  });

  it('add no enum and no number width that the SDK has by now', () => {
    expect(Object.keys(STATUS_ENUMS).filter((name) => name in enums)).toStrictEqual([]);
    const typed = Object.entries(MEMBER_ENUMS).flatMap(([owner, rules]) =>
      Object.keys(rules).filter((member) => !/^String!?$/.test(membersOf(owner)[member] ?? '')),
    );
    expect(typed).toStrictEqual([]);
  });

  it('reads the notation of the generated tables', () => {
    expect(toMember('Ulimit', 'softLimit', 'Number!')).toMatchObject({
      required: true,
      list: false,
      type: { name: 'Int' },
    });
    expect(toMember('X', 'y', '[String!]!')).toMatchObject({ required: true, list: true });
    expect(toMember('X', 'y', '[KeyValuePair!] @sensitive')).toMatchObject({ required: false, secret: 'CREDENTIAL' });
    expect(toMember('X', 'y', 'String @deprecated(2023-04-15)').deprecated).toContain('2023-04-15');
    expect(() => toMember('X', 'y', '[[String]]')).toThrow('cannot read');
    expect(() => toMember('X', 'y', 'Blob')).toThrow('no type Blob');
  });
});

describe('enums', () => {
  it('spell every value so that GraphQL can, without two the same', () => {
    for (const name of [...Object.keys(enums), ...Object.keys(STATUS_ENUMS)] as AnyEnumName[]) {
      const names = Object.keys(rawValues(name)).map(enumValueName);
      expect(names.filter((value) => !/^[_A-Z][_A-Z0-9]*$/.test(value))).toStrictEqual([]);
      expect(new Set([...names, 'UNRECOGNIZED']).size).toBe(names.length + 1);
    }
    expect(enumValueName('json-file')).toBe('JSON_FILE');
    expect(enumValueName('2xlarge')).toBe('_2XLARGE');
    expect(enumValueName('EssentialContainerExited')).toBe('ESSENTIAL_CONTAINER_EXITED');
    expect(enumValueName('fargateFIPSMode')).toBe('FARGATE_FIPS_MODE');
    expect(enumValueName('dualStackIPv6')).toBe('DUAL_STACK_IPV6');
  });

  it('have UNRECOGNIZED in answers, and never in inputs', () => {
    const types = Object.values(plain.getTypeMap()).filter((type) => isEnumType(type) && !type.name.startsWith('__'));
    expect(types.length).toBeGreaterThan(100);
    const inputs = new Set(
      Object.values(plain.getTypeMap()).flatMap((type) => {
        if (isInputObjectType(type)) return Object.values(type.getFields()).map((field) => getNamedType(field.type));
        if (!isObjectType(type)) return [];
        return Object.values(type.getFields()).flatMap(({ args }) => args.map((arg) => getNamedType(arg.type)));
      }),
    );
    const wrong = types.filter((type) => isEnumType(type) && !type.getValue('UNRECOGNIZED') !== inputs.has(type));
    expect(wrong.map(({ name }) => name)).toStrictEqual([]);
  });

  it("name the member where an input uses AWS's spelling", () => {
    const spelled = validate(
      plain,
      parse('mutation { runTask(input: { taskDefinition: "a", propagateTags: task_definition }) { __typename } }'),
    );
    expect(spelled[0]?.message).toContain('Did you mean the enum value "TASK_DEFINITION"');
    const camel = validate(plain, parse('{ listAccountSettings(name: containerInsights) { __typename } }'));
    expect(camel[0]?.message).toContain('"CONTAINER_INSIGHTS"');
  });

  it('show raw values in data', async () => {
    const services = [{ status: 'DREAMING', launchType: 'EC2' }, { status: 'ACTIVE' }];
    const { data } = await run(
      plain,
      { services },
      '{ describeServices(services: ["a"]) { services { status unrecognizedValues { field value } } } }',
    );
    expect(data).toMatchObject({
      describeServices: {
        services: [
          { status: 'UNRECOGNIZED', unrecognizedValues: [{ field: 'status', value: 'DREAMING' }] },
          { status: 'ACTIVE', unrecognizedValues: [] },
        ],
      },
    });
  });

  it('answer UNRECOGNIZED for an unknown value, note it with its path, and fail nothing', async () => {
    const services = [{ status: 'DREAMING', launchType: 'EC2' }];
    const tasks = [{ attachments: [{ status: 'ATTACHED' }, { status: 'LOST' }] }];
    const first = await run(
      plain,
      { services },
      '{ describeServices(services: ["a"]) { services { status launchType } } }',
    );
    expect(first.errors).toBeUndefined();
    expect(first.data).toMatchObject({
      describeServices: { services: [{ status: 'UNRECOGNIZED', launchType: 'EC2' }] },
    });
    expect(first.unrecognized).toStrictEqual([
      { path: ['describeServices', 'services', 0, 'status'], value: 'DREAMING' },
    ]);

    const second = await run(plain, { tasks }, '{ describeTasks(tasks: ["a"]) { tasks { attachments { status } } } }');
    expect(second.data).toMatchObject({
      describeTasks: { tasks: [{ attachments: [{ status: 'ATTACHED' }, { status: 'UNRECOGNIZED' }] }] },
    });
    expect(second.unrecognized).toHaveLength(1);
  });

  it('answer UNRECOGNIZED for one item of a list', async () => {
    const answer = { taskDefinition: { compatibilities: ['EC2', 'MOON'] } };
    const result = await run(
      plain,
      answer,
      '{ describeTaskDefinition(taskDefinition: "a") { taskDefinition { compatibilities } } }',
    );
    expect(result.data).toMatchObject({
      describeTaskDefinition: { taskDefinition: { compatibilities: ['EC2', 'UNRECOGNIZED'] } },
    });
    expect(result.unrecognized).toMatchObject([
      { value: 'MOON', path: expect.arrayContaining(['compatibilities', 1]) },
    ]);
  });

  it('refuse UNRECOGNIZED in inputs and arguments', () => {
    for (const text of [
      'mutation { createService(input: { serviceName: "a", deploymentConfiguration: { lifecycleHooks: [{ lifecycleStages: [UNRECOGNIZED] }] } }) { __typename } }',
      '{ listTasks(launchType: UNRECOGNIZED) { taskArns } }',
      '{ describeClusters(include: [TAGS, UNRECOGNIZED]) { failures { arn } } }',
    ]) {
      expect(validate(plain, parse(text)).map(({ message }) => message)).toEqual([
        expect.stringContaining('Value "UNRECOGNIZED" does not exist'),
      ]);
    }
  });

  it('know the lifecycle stage that the SDK forgets', async () => {
    const answer = { serviceDeployments: [{ lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' }] };
    const text = '{ describeServiceDeployments(serviceDeploymentArns: []) { serviceDeployments { lifecycleStage } } }';
    expect(await run(plain, answer, text)).toMatchObject({
      data: {
        describeServiceDeployments: { serviceDeployments: [{ lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' }] },
      },
      unrecognized: [],
    });
  });
});

describe('input and answer types', () => {
  it("keep AWS's member names in inputs", () => {
    for (const type of Object.values(plain.getTypeMap())) {
      if (!isInputObjectType(type)) continue;
      const name = type.name.replace(/Input$/, '');
      const members: object =
        (operations as Record<string, { input: object } | undefined>)[name]?.input ??
        (structures as Record<string, object>)[name] ??
        (structures as Record<string, object>)[`${name}Request`] ??
        {};
      const own = Object.keys(type.getFields()).filter((field) => field !== 'isMasked');
      const taken = Object.keys(members).filter((member) => member !== 'clientToken');
      expect(own.sort()).toStrictEqual(taken.sort());
      expect(Object.values(type.getFields()).every((field) => isInputType(field.type))).toBe(true);
    }
  });
});
