import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pastGateway } from '../support/ecs/call-ecs.ts';
import { createWorld, type World } from '../support/gateway/world.ts';
import { toGraphInput } from '../support/operations/graph-input.ts';
import { ASG, type Call, expressInput, instance, ON_FARGATE, prepareWorld } from './write-cases.ts';

/** Something that is kept for a name which can come again, outside the live topics. */
interface Kept {
  /** The earlier state that is kept: a write of the former incarnation, or a reading of it. */
  readonly keep: (write: Call, name: string, arn: string) => Promise<unknown>;
  /** The member of the resource that shows which life it is from. */
  readonly read: (name: string, arn: string) => string;
  /** The value in the second life. */
  readonly expected: unknown;
}

/** A kind of resource whose names come again. */
interface Kind {
  readonly create: (write: Call, name: string, life: 1 | 2) => Promise<unknown>;
  readonly end: (write: Call, name: string, arn: string) => Promise<unknown>;
  readonly arn: (name: string) => string;
  /**
   * How the gateway learns that the former incarnation is over when another client ended it: the date of the new one,
   * or a look-up that shows the end. Otherwise the former one is used for half a minute (see the test of the read
   * cache).
   */
  readonly knownBy: 'date' | ((name: string) => string) | undefined;
  readonly kept: Readonly<Record<string, Kept>>;
}

const BASE = 'arn:aws:ecs:eu-west-1:123456789012';
const tag = (life: 1 | 2) => [{ key: 'life', value: String(life) }];
const LIVES = [{ key: 'life', value: '2' }];
const retag: Kept['keep'] = async (write, _name, arn) => {
  await write('TagResource', { resourceArn: arn, tags: [{ key: 'owner', value: 'ann' }] });
  await write('UntagResource', { resourceArn: arn, tagKeys: ['life'] });
};
const tags = (field: (name: string, arn: string) => string): Readonly<Record<string, Kept>> => ({
  'tags of a look-up': {
    keep: retag,
    read: (name, arn) => `{ found: ${field(name, arn)} { tags { key value } } }`,
    expected: { found: { tags: LIVES } },
  },
  'tags by ARN': {
    keep: retag,
    read: (_name, arn) => `{ tags(resourceArn: "${arn}") { key value } }`,
    expected: { tags: LIVES },
  },
});

const KINDS: Readonly<Record<string, Kind>> = {
  cluster: {
    create: (write, clusterName, life) => write('CreateCluster', { clusterName, tags: tag(life) }),
    end: (write, cluster) => write('DeleteCluster', { cluster }),
    arn: (name) => `${BASE}:cluster/${name}`,
    knownBy: (name) => `{ cluster(cluster: "${name}") { status tags { key } } }`,
    kept: {
      ...tags((name) => `cluster(cluster: "${name}")`),
      'a setting': {
        keep: (write, cluster) =>
          write('UpdateClusterSettings', { cluster, settings: [{ name: 'containerInsights', value: 'enabled' }] }),
        read: (name) => `{ cluster(cluster: "${name}") { status settings { value } } }`,
        expected: { cluster: { status: 'ACTIVE', settings: [{ value: 'disabled' }] } },
      },
      'what was read': {
        keep: async (_write, _name) => undefined,
        read: (name) => `{ cluster(cluster: "${name}") { status tags { value } } }`,
        expected: { cluster: { status: 'ACTIVE', tags: [{ value: '2' }] } },
      },
      'a deletion, in lists': {
        keep: async () => undefined,
        read: (name) =>
          `{ clusters(first: 1000) { nodes { clusterName status } } cluster(cluster: "${name}") { status } }`,
        expected: expect.objectContaining({ cluster: { status: 'ACTIVE' } }),
      },
    },
  },
  'capacity provider': {
    create: (write, name, life) =>
      write('CreateCapacityProvider', {
        name,
        tags: tag(life),
        autoScalingGroupProvider: { autoScalingGroupArn: ASG },
      }),
    end: (write, capacityProvider) => write('DeleteCapacityProvider', { capacityProvider }),
    arn: (name) => `${BASE}:capacity-provider/${name}`,
    knownBy: undefined,
    kept: {
      ...tags((name) => `capacityProvider(capacityProvider: "${name}")`),
      'managed scaling': {
        keep: (write, name) =>
          write('UpdateCapacityProvider', {
            name,
            autoScalingGroupProvider: { managedScaling: { status: 'ENABLED', targetCapacity: 60 } },
          }),
        read: (name) =>
          `{ capacityProvider(capacityProvider: "${name}") { status autoScalingGroupProvider { managedScaling { targetCapacity } } } }`,
        expected: {
          capacityProvider: { status: 'ACTIVE', autoScalingGroupProvider: { managedScaling: { targetCapacity: 100 } } },
        },
      },
    },
  },
  service: {
    create: (write, serviceName, life) =>
      write('CreateService', { cluster: 'base', serviceName, desiredCount: 0, tags: tag(life), ...ON_FARGATE }),
    end: (write, service) => write('DeleteService', { cluster: 'base', service, force: true }),
    arn: (name) => `${BASE}:service/base/${name}`,
    knownBy: 'date',
    kept: {
      ...tags((name) => `service(cluster: "base", service: "${name}")`),
      'a change': {
        keep: (write, service) =>
          write('UpdateService', { cluster: 'base', service, desiredCount: 3, enableECSManagedTags: true }),
        read: (name) => `{ service(cluster: "base", service: "${name}") { status desiredCount } }`,
        expected: { service: { status: 'ACTIVE', desiredCount: 0 } },
      },
      'a deletion, in lists': {
        keep: async () => undefined,
        read: (name) =>
          `{ services(clusters: ["base"], first: 1000) { nodes { serviceName } } service(cluster: "base", service: "${name}") { status } }`,
        expected: expect.objectContaining({ service: { status: 'ACTIVE' } }),
      },
    },
  },
  'Express service': {
    create: (write, name, life) => write('CreateExpressGatewayService', { ...expressInput(name), tags: tag(life) }),
    end: (write, _name, serviceArn) => write('DeleteExpressGatewayService', { serviceArn }),
    arn: (name) => `${BASE}:service/base/${name}`,
    knownBy: 'date',
    kept: {
      'tags of a look-up': {
        keep: retag,
        read: (_name, arn) =>
          `{ expressGatewayService(serviceArn: "${arn}") { status { statusCode } tags { key value } } }`,
        expected: { expressGatewayService: { status: { statusCode: 'ACTIVE' }, tags: LIVES } },
      },
      'its ordinary service': {
        keep: retag,
        read: (_name, arn) => `{ service(service: "${arn}") { status } }`,
        expected: { service: { status: 'ACTIVE' } },
      },
    },
  },
  daemon: {
    create: (write, daemonName, life) =>
      write('CreateDaemon', {
        daemonName,
        clusterArn: `${BASE}:cluster/base`,
        daemonTaskDefinitionArn: 'agent:1',
        capacityProviderArns: ['own'],
        tags: tag(life),
      }),
    end: (write, _name, daemonArn) => write('DeleteDaemon', { daemonArn }),
    arn: (name) => `${BASE}:daemon/base/${name}`,
    knownBy: 'date',
    kept: {
      'tags by ARN': {
        keep: retag,
        read: (_name, arn) =>
          `{ tags(resourceArn: "${arn}") { key value } daemon(daemonArn: "${arn}") { status tags { key value } } }`,
        expected: { tags: LIVES, daemon: { status: 'ACTIVE', tags: LIVES } },
      },
    },
  },
};

const THROUGH = 'through the gateway';
const PAST = 'past it';

const ROWS = Object.entries(KINDS).flatMap(([kind, spec]) =>
  Object.entries(spec.kept).flatMap(([what, kept]) =>
    (spec.knownBy === undefined ? [THROUGH] : [THROUGH, PAST]).map((way) => [what, kind, way, spec, kept] as const),
  ),
);

describe('a name that comes again', () => {
  let world: World;
  let serial = 0;

  const past: Call = (operation, input) => pastGateway(world)(operation, input);
  const through: Call = (operation, input) => {
    const field = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
    return world.data(`mutation ($input: ${operation}Input!) { ${field}(input: $input) { __typename } }`, {
      input: toGraphInput(input),
    });
  };

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' }, { MEMORY_TTL: '1s' });
    await prepareWorld(past);
    await instance(past);
  });
  afterAll(() => world.dispose());

  it.each(ROWS)('shows its own life: %s of a %s, ended and created %s', async (_what, _kind, way, spec, kept) => {
    serial += 1;
    const name = `life-${serial}`;
    const arn = spec.arn(name);
    const again = way === PAST ? past : through;
    const showsEnd = way === PAST && typeof spec.knownBy === 'function' ? spec.knownBy(name) : undefined;
    await spec.create(showsEnd === undefined ? through : past, name, 1);
    await kept.keep(through, name, arn);
    await world.data(kept.read(name, arn));
    await spec.end(again, name, arn);
    // Until the former life is over, and its name free.
    world.sandbox.clock.advance(30 * 60_000);
    if (showsEnd !== undefined) await read(world, showsEnd);
    await spec.create(again, name, 2);
    expect(await read(world, kept.read(name, arn))).toEqual(kept.expected);
  });
});

/** Reads anew: what others changed within the last second may be remembered otherwise. */
async function read(world: World, query: string): Promise<unknown> {
  const response = await world.app.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
      body: JSON.stringify({ query }),
    }),
  );
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}
