import type { Attribute, ContainerInstance } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { RECORDED_ATTRIBUTES } from '../support/recorded-attributes.ts';
import { SchedulingWorld } from '../support/scheduling-world.ts';

function attributesOf(input: object): Record<string, string | undefined> {
  const { containerInstance } = new SchedulingWorld().call<{ containerInstance: ContainerInstance }>(
    'RegisterContainerInstance',
    input,
  );
  const attributes: Attribute[] = containerInstance.attributes ?? [];
  return Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
}

const IDENTITY = {
  instanceId: 'i-1',
  availabilityZone: 'eu-west-1c',
  instanceType: 'm7g.large',
  imageId: 'ami-1',
  architecture: 'arm64',
};

describe('the attributes of an instance', () => {
  // A recording of 2023-02 (agent 1.68.2, 69 attributes) and what newer agents have learned.
  it('are those of a current ECS-optimized AMI', () => {
    const attributes = attributesOf({ instanceIdentityDocument: JSON.stringify(IDENTITY) });
    expect(Object.keys(attributes).length).toBeGreaterThan(80);
    expect(attributes).toMatchObject({
      'ecs.ami-id': 'ami-1',
      'ecs.availability-zone': 'eu-west-1c',
      'ecs.cpu-architecture': 'arm64',
      'ecs.instance-type': 'm7g.large',
      'ecs.os-family': 'LINUX',
      'ecs.os-type': 'linux',
      'ecs.subnet-id': expect.stringMatching(/^subnet-[0-9a-f]{17}$/),
      'ecs.vpc-id': expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
      'ecs.capability.cni-plugin-version': 'unknown-2020.09.0',
    });
    const missing = RECORDED_ATTRIBUTES.filter((name) => !Object.hasOwn(attributes, name));
    expect(missing).toEqual([]);
  });

  it('may be given by the agent, whose values count', () => {
    const given = [
      { name: 'ecs.ami-id', value: 'ami-2' },
      { name: 'stack', value: 'blue' },
    ];
    expect(attributesOf({ attributes: given })).toMatchObject({ 'ecs.ami-id': 'ami-2', stack: 'blue' });
  });

  it('can be asked for by drain bots', () => {
    const world = new SchedulingWorld();
    world.instance();
    const filter = 'attribute:ecs.ami-id exists';
    expect(world.call('ListContainerInstances', { filter })).toMatchObject({ containerInstanceArns: [{}] });
    expect(world.call('ListContainerInstances', { filter: 'attribute:ecs.ami-id == ami-2' })).toEqual({
      containerInstanceArns: [],
    });
  });
});
