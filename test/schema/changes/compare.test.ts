import type { TaskDefinition } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/schema/changes/compare.ts';
import { withoutHostPorts } from '../../../src/schema/changes/normalize.ts';
import {
  DEFAULTS,
  DERIVED,
  KEYS,
  MEANS_ITSELF,
  ORDERED,
  SUBJECT_OF,
  VALUES,
} from '../../../src/schema/changes/rules.ts';
import type { StructureName } from '../../../src/schema/generated/types.ts';
import { isStructureName, Model } from '../../../src/schema/sdk-types/sdk-model.ts';

const model = new Model();

function paths(before: TaskDefinition, after: TaskDefinition): string[] {
  return compare(model, 'TaskDefinition', withoutHostPorts(before as never), withoutHostPorts(after as never)).map(
    ({ path, before: old, after: next }) => `${path.join('.')}: ${JSON.stringify(old)} > ${JSON.stringify(next)}`,
  );
}

const web = (more: object = {}) => ({ name: 'web', image: 'shop/web:1', ...more });
const definition = (...containers: object[]): TaskDefinition => ({ containerDefinitions: containers as never });

describe('the tables name members and structures that exist', () => {
  const known = (name: string) => {
    const [structure = '', member] = name.split('.');
    return isStructureName(structure) && model.structure(structure).some((one) => one.name === member);
  };
  const members = [...DERIVED, ...Object.keys(DEFAULTS), ...MEANS_ITSELF, ...ORDERED, ...Object.keys(SUBJECT_OF)];

  it.each(members)('%s', (name) => {
    expect(known(name)).toBe(true);
  });

  it.each(Object.entries(KEYS))('the keys of %s', (name, keys) => {
    expect(keys.filter((key) => !known(`${name}.${key}`))).toEqual([]);
  });

  it.each(Object.entries(VALUES))('the value of %s', (name, value) => {
    expect(known(`${name}.${value}`)).toBe(true);
  });
});

describe('equal definitions', () => {
  it.each<readonly [string, object, object]>([
    ['an empty list and no list', web({ mountPoints: [], portMappings: [] }), web()],
    ['0 CPU units and none', web({ cpu: 0 }), web()],
    ['essential by default', web({ essential: true }), web()],
    [
      'variables in another order',
      web({
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      }),
      web({
        environment: [
          { name: 'B', value: '2' },
          { name: 'A', value: '1' },
        ],
      }),
    ],
    [
      'capabilities in another order',
      web({ linuxParameters: { capabilities: { add: ['A', 'B'] } } }),
      web({ linuxParameters: { capabilities: { add: ['B', 'A'] } } }),
    ],
    [
      'a health check with its defaults',
      web({ healthCheck: { command: ['CMD', 'a'], interval: 30, timeout: 5, retries: 3 } }),
      web({ healthCheck: { command: ['CMD', 'a'] } }),
    ],
    [
      'a port with its protocol',
      web({ portMappings: [{ containerPort: 80, protocol: 'tcp' }] }),
      web({ portMappings: [{ containerPort: 80 }] }),
    ],
  ])('%s', (_name, before, after) => {
    expect(paths(definition(before), definition(after))).toEqual([]);
  });

  it('host ports that ECS writes in the network mode awsvpc', () => {
    const at = (port: object): TaskDefinition => ({
      ...definition(web({ portMappings: [port] })),
      networkMode: 'awsvpc',
    });
    expect(paths(at({ containerPort: 80, hostPort: 80 }), at({ containerPort: 80 }))).toEqual([]);
  });

  it('containers in another order', () => {
    const sidecar = { name: 'log', image: 'fluent:1' };
    expect(paths(definition(web(), sidecar), definition(sidecar, web()))).toEqual([]);
  });
});

describe('differences', () => {
  it.each<readonly [string, object, object, readonly string[]]>([
    ['an image', web(), web({ image: 'shop/web:2' }), ['containers.web.image: "shop/web:1" > "shop/web:2"']],
    [
      'a variable',
      web({ environment: [{ name: 'A', value: '1' }] }),
      web({ environment: [{ name: 'A', value: '2' }] }),
      ['containers.web.environment.A: "1" > "2"'],
    ],
    [
      'an empty variable is there',
      web(),
      web({ environment: [{ name: 'A', value: '' }] }),
      ['containers.web.environment.A: undefined > ""'],
    ],
    [
      'a variable that becomes empty',
      web({ environment: [{ name: 'A', value: '1' }] }),
      web({ environment: [{ name: 'A' }] }),
      ['containers.web.environment.A: "1" > ""'],
    ],
    [
      'a label',
      web({ dockerLabels: { 'a.b': '1' } }),
      web({ dockerLabels: { 'a.b': '1', c: '2' } }),
      ['containers.web.dockerLabels.c: undefined > "2"'],
    ],
    [
      'the order of a command',
      web({ command: ['a', 'b'] }),
      web({ command: ['b', 'a'] }),
      ['containers.web.command: ["a","b"] > ["b","a"]'],
    ],
    [
      'a part of a limit',
      web({ ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }] }),
      web({ ulimits: [{ name: 'nofile', softLimit: 0, hardLimit: 2 }] }),
      ['containers.web.ulimits.nofile.softLimit: 1 > 0'],
    ],
    [
      'a container that is not essential',
      web(),
      web({ essential: false }),
      ['containers.web.essential: undefined > false'],
    ],
  ])('%s', (_name, before, after, expected) => {
    expect(paths(definition(before), definition(after))).toEqual(expected);
  });

  it('a container as a whole', () => {
    expect(paths(definition(web()), definition(web(), { name: 'log', image: 'fluent:1' }))).toEqual([
      'containers.log: undefined > {"name":"log","image":"fluent:1"}',
    ]);
  });

  it('a structure that was removed', () => {
    expect(paths({ runtimePlatform: { cpuArchitecture: 'ARM64' } }, {})).toEqual([
      'runtimePlatform: {"cpuArchitecture":"ARM64"} > undefined',
    ]);
  });
});

describe('for random definitions', () => {
  const text = fc.constantFrom('', 'a', 'b', 'c');
  const named = (value: string) =>
    fc.uniqueArray(fc.record({ name: text, [value]: text }), { selector: (one) => one.name });
  const container = fc.record(
    {
      name: fc.constantFrom('web', 'log', 'db'),
      image: text,
      cpu: fc.constantFrom(0, 1, 2),
      essential: fc.boolean(),
      command: fc.array(text, { maxLength: 2 }),
      environment: named('value'),
      secrets: named('valueFrom'),
      dockerLabels: fc.dictionary(text, text, { maxKeys: 2 }),
      portMappings: fc.uniqueArray(fc.record({ containerPort: fc.constantFrom(80, 81) }), {
        selector: (one) => one.containerPort,
      }),
    },
    { requiredKeys: ['name'] },
  );
  const random = fc.record(
    {
      containerDefinitions: fc.uniqueArray(container, { selector: (one) => one.name, maxLength: 3 }),
      cpu: text,
      networkMode: fc.constantFrom('awsvpc', 'bridge'),
      requiresCompatibilities: fc.uniqueArray(fc.constantFrom('EC2', 'FARGATE')),
    },
    { requiredKeys: [] },
  ) as unknown as fc.Arbitrary<TaskDefinition>;
  const structure: StructureName = 'TaskDefinition';
  const differences = (before: TaskDefinition, after: TaskDefinition) =>
    compare(model, structure, before as never, after as never);

  it('a definition does not differ from itself', () => {
    fc.assert(fc.property(random, (one) => differences(one, structuredClone(one)).length === 0));
  });

  it('the way back has the same places, with the values exchanged', () => {
    const sorted = (found: string[]) => found.sort();
    fc.assert(
      fc.property(random, random, (one, other) => {
        const there = differences(one, other).map(({ path, before, after }) => JSON.stringify([path, before, after]));
        const back = differences(other, one).map(({ path, before, after }) => JSON.stringify([path, after, before]));
        expect(sorted(back)).toEqual(sorted(there));
      }),
    );
  });
});
