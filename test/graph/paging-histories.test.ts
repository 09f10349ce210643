import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationName } from '../../src/ecs/core/operations.ts';
import { settingName, toGraphInput } from '../support/graph-input.ts';
import { createWorld, type World } from '../support/world.ts';

type Write = (operation: OperationName, input: object) => Promise<Record<string, unknown>>;

/** A list, and how what it lists begins and ends. */
interface Kind {
  /** The list as a field, with PAGE where its page is asked for. */
  readonly field: string;
  /** The ECS operation behind it, and how many items it puts on a page. */
  readonly list: OperationName;
  readonly page?: number;
  /** The fields that name an item in the answer. */
  readonly member: string;
  /** @returns the item's name in the answer */
  readonly create: (write: Write, name: string) => Promise<string>;
  readonly end?: (write: Write, item: string) => Promise<unknown>;
}

const container = { name: 'main', image: 'web:1', memory: 64, portMappings: [{ containerPort: 80, name: 'http' }] };
const awsvpcConfiguration = { subnets: ['subnet-1', 'subnet-2'] };
const onFargate = { cluster: 'c', taskDefinition: 'web', networkConfiguration: { awsvpcConfiguration } };
const autoScalingGroupArn = 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/own';
const principalArn = 'arn:aws:iam::123456789012:role/ann';

const arnIn = (output: Record<string, unknown>, member: string, name: string) =>
  String((output[member] as Record<string, unknown>)[name]);

const KINDS: Readonly<Record<string, Kind>> = {
  clusters: {
    field: 'clusters(PAGE)',
    list: 'ListClusters',
    member: 'clusterName',
    create: async (write, name) => {
      await write('CreateCluster', { clusterName: name });
      return name;
    },
    end: (write, cluster) => write('DeleteCluster', { cluster }),
  },
  services: {
    field: 'services(clusters: ["c"], PAGE)',
    list: 'ListServices',
    member: 'serviceArn',
    create: async (write, serviceName) =>
      arnIn(
        await write('CreateService', { ...onFargate, serviceName, desiredCount: 0, launchType: 'FARGATE' }),
        'service',
        'serviceArn',
      ),
    end: (write, service) => write('DeleteService', { cluster: 'c', service, force: true }),
  },
  tasks: {
    field: 'tasks(clusters: ["c"], PAGE)',
    list: 'ListTasks',
    member: 'taskArn',
    create: async (write) => {
      const { tasks } = (await write('RunTask', { ...onFargate, launchType: 'FARGATE' })) as {
        tasks: { taskArn: string }[];
      };
      return tasks[0]?.taskArn ?? '';
    },
    end: (write, task) => write('StopTask', { cluster: 'c', task }),
  },
  ...Object.fromEntries(
    ['ASC', 'DESC'].map((sort) => [
      `taskDefinitions ${sort}`,
      {
        field: `taskDefinitions(sort: ${sort}, PAGE)`,
        list: 'ListTaskDefinitions',
        member: 'taskDefinitionArn',
        create: async (write, name) => {
          const output = await write('RegisterTaskDefinition', {
            family: `${name[0]}-revisions`,
            containerDefinitions: [container],
          });
          return arnIn(output, 'taskDefinition', 'taskDefinitionArn');
        },
        end: (write, taskDefinition) => write('DeregisterTaskDefinition', { taskDefinition }),
      } satisfies Kind,
    ]),
  ),
  taskDefinitionFamilies: {
    field: 'taskDefinitionFamilies(PAGE, status: ACTIVE)',
    list: 'ListTaskDefinitionFamilies',
    member: 'family',
    create: async (write, name) => {
      const family = `family-${name}`;
      await write('RegisterTaskDefinition', { family, containerDefinitions: [container] });
      return family;
    },
    end: async (write, family) => {
      const found = await write('DescribeTaskDefinition', { taskDefinition: family });
      await write('DeregisterTaskDefinition', { taskDefinition: arnIn(found, 'taskDefinition', 'taskDefinitionArn') });
    },
  },
  containerInstances: {
    field: 'containerInstances(clusters: ["c"], PAGE)',
    list: 'ListContainerInstances',
    member: 'containerInstanceArn',
    create: async (write) =>
      arnIn(await write('RegisterContainerInstance', { cluster: 'c' }), 'containerInstance', 'containerInstanceArn'),
    end: (write, containerInstance) =>
      write('DeregisterContainerInstance', { cluster: 'c', containerInstance, force: true }),
  },
  attributes: {
    field: 'attributes(clusters: ["attributes"], PAGE)',
    list: 'ListAttributes',
    member: 'name targetId',
    create: async (write, name) => {
      // An instance takes ten attributes: they are spread over six.
      const { containerInstanceArns } = await write('ListContainerInstances', { cluster: 'attributes' });
      const targetId = (containerInstanceArns as string[])[Number(name.split('-')[1]) % 6];
      await write('PutAttributes', { cluster: 'attributes', attributes: [{ name, value: 'x', targetId }] });
      return `${name} ${targetId}`;
    },
    end: async (write, item) => {
      const [name, targetId] = item.split(' ');
      await write('DeleteAttributes', { cluster: 'attributes', attributes: [{ name, targetId }] });
    },
  },
  daemons: {
    field: 'daemons(clusters: ["c"], PAGE)',
    list: 'ListDaemons',
    member: 'daemonArn',
    create: async (write, daemonName) => {
      const output = await write('CreateDaemon', {
        daemonName,
        clusterArn: 'c',
        daemonTaskDefinitionArn: 'agent:1',
        capacityProviderArns: ['own'],
      });
      return String(output.daemonArn);
    },
    end: (write, daemonArn) => write('DeleteDaemon', { daemonArn }),
  },
  daemonTaskDefinitions: {
    field: 'daemonTaskDefinitions(PAGE)',
    list: 'ListDaemonTaskDefinitions',
    member: 'daemonTaskDefinitionArn',
    create: async (write, name) => {
      const output = await write('RegisterDaemonTaskDefinition', {
        family: `${name[0]}-daemon`,
        containerDefinitions: [{ name: 'agent', image: 'agent', memory: 64 }],
      });
      return String(output.daemonTaskDefinitionArn);
    },
    end: (write, daemonTaskDefinition) => write('DeleteDaemonTaskDefinition', { daemonTaskDefinition }),
  },
  capacityProviders: {
    field: 'capacityProviders(PAGE)',
    list: 'DescribeCapacityProviders',
    page: 10,
    member: 'name',
    create: async (write, name) => {
      await write('CreateCapacityProvider', { name, autoScalingGroupProvider: { autoScalingGroupArn } });
      return name;
    },
    end: (write, capacityProvider) => write('DeleteCapacityProvider', { capacityProvider }),
  },
  serviceDeployments: {
    field: 'serviceDeployments(cluster: "c", service: "deployed", PAGE)',
    list: 'ListServiceDeployments',
    member: 'serviceDeploymentArn',
    create: async (write) => {
      const output = await write('UpdateService', { cluster: 'c', service: 'deployed', forceNewDeployment: true });
      const service = output.service as { currentServiceDeployment?: unknown };
      const { currentServiceDeployment: current } = service;
      return String((current as { serviceDeploymentArn?: string }).serviceDeploymentArn ?? current);
    },
  },
  gateways: {
    field: 'ecsGateways(PAGE)',
    list: 'ListGateways',
    member: 'name',
    create: async (write, name) => {
      await write('CreateGateway', {
        name,
        infrastructureRoleArn: 'arn:aws:iam::123456789012:role/x',
        configuration: { hostSharedAlb: {} },
        deletionProtection: false,
      });
      return name;
    },
    end: (write, gateway) => write('DeleteGateway', { gateway }),
  },
  gatewayClusterAssociations: {
    field: 'gatewayClusterAssociations(gateway: "edge", PAGE)',
    list: 'ListGatewayClusterAssociations',
    member: 'clusterArn',
    create: async (write, name) => {
      const cluster = `served-${name}`;
      const output = await write('CreateCluster', { clusterName: cluster });
      await write('AssociateGatewayWithCluster', { gateway: 'edge', cluster });
      return arnIn(output, 'cluster', 'clusterArn');
    },
    end: (write, cluster) => write('DisassociateGatewayFromCluster', { gateway: 'edge', cluster }),
  },
  accountSettings: {
    field: `accountSettings(principalArn: "${principalArn}", PAGE)`,
    list: 'ListAccountSettings',
    page: 10,
    member: 'name',
    create: async (write, name) => {
      const { settings } = await write('ListAccountSettings', { effectiveSettings: true });
      const known = (settings as { name: string; value: string }[]).filter((one) => one.name !== 'guardDutyActivate');
      const { name: setting = '', value } = known[Number(name.split('-')[1]) % known.length] ?? {};
      await write('PutAccountSetting', { name: setting, value, principalArn });
      return settingName(setting);
    },
    end: async (write, item) => {
      const { settings } = await write('ListAccountSettings', { effectiveSettings: true });
      const name = (settings as { name: string }[]).find((one) => settingName(one.name) === item)?.name;
      await write('DeleteAccountSetting', { name, principalArn });
    },
  },
};

/** What the lists of others need, and what ECS itself put there. */
const KEPT = /(^|\/)(c|attributes|own|edge|web|agent|deployed|FARGATE|FARGATE_SPOT)(:\d+)?$|^ecs\./;

/** Between two pages: whether the writes go through the gateway, which of the listed items end, and what is created. */
interface Step {
  readonly isThrough: boolean;
  readonly ended: readonly number[];
  readonly created: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  isThrough: fc.boolean(),
  // Counted from the last item shown, so that most that end are near the place.
  ended: fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 2, maxLength: 6 }),
  created: fc.nat(2),
});

describe('paging, while things are created and end between the pages', () => {
  let world: World;
  let serial = 0;

  const past: Write = async (operation, input) => {
    const response = await fetch(world.sandbox.url, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=sandbox/20260101/eu-west-1/ecs/aws4_request',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
      },
      body: JSON.stringify(input),
    });
    const output = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${operation}: ${JSON.stringify(output)}`);
    return output;
  };
  const PAYLOADS: Readonly<Record<string, string>> = {
    CreateCluster: 'cluster { clusterArn }',
    CreateDaemon: 'daemonArn',
    CreateService: 'service { serviceArn }',
    RegisterContainerInstance: 'containerInstance { containerInstanceArn }',
    RegisterDaemonTaskDefinition: 'daemonTaskDefinitionArn',
    RegisterTaskDefinition: 'taskDefinition { taskDefinitionArn }',
    RunTask: 'tasks { taskArn }',
    UpdateService: 'service { currentServiceDeployment { serviceDeploymentArn } }',
  };
  const through: Write = async (operation, input) => {
    if (/^(Describe|List)/.test(operation)) return past(operation, input);
    const field = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
    const text = `mutation ($input: ${operation}Input!) { ${field}(input: $input) { ${PAYLOADS[operation] ?? '__typename'} } }`;
    return (
      (await world.data<Record<string, Record<string, unknown>>>(text, { input: toGraphInput(input) }))[field] ?? {}
    );
  };

  /** What the agent can do is taken away: the list is to be gone through many times. */
  async function registerWithFewAttributes(): Promise<void> {
    const cluster = 'attributes';
    const { containerInstance } = await past('RegisterContainerInstance', { cluster });
    const { containerInstanceArn: targetId, attributes } = containerInstance as {
      containerInstanceArn: string;
      attributes: { name: string }[];
    };
    const capabilities = attributes
      .filter(({ name }) => /capability/.test(name))
      .map(({ name }) => ({ name, targetId }));
    while (capabilities.length > 0) await past('DeleteAttributes', { cluster, attributes: capabilities.splice(0, 10) });
  }

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    for (const clusterName of ['c', 'attributes']) await past('CreateCluster', { clusterName });
    for (let count = 0; count < 6; count += 1) await registerWithFewAttributes();
    const size = { cpu: '256', memory: '512', networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'] };
    await past('RegisterTaskDefinition', { family: 'web', containerDefinitions: [container], ...size });
    await past('RegisterDaemonTaskDefinition', {
      family: 'agent',
      containerDefinitions: [{ name: 'agent', image: 'agent', memory: 64 }],
    });
    await past('CreateCapacityProvider', { name: 'own', autoScalingGroupProvider: { autoScalingGroupArn } });
    await past('CreateService', { ...onFargate, serviceName: 'deployed', desiredCount: 0, launchType: 'FARGATE' });
    await past('CreateGateway', {
      name: 'edge',
      infrastructureRoleArn: 'arn:aws:iam::123456789012:role/x',
      configuration: { hostSharedAlb: {} },
      deletionProtection: false,
    });
  });
  afterAll(() => world.dispose());

  it.each(Object.entries(KINDS))('%s shows once what was there all the time', async (_name, kind) => {
    const newName = () => {
      serial += 1;
      return `${'abc'.charAt(serial % 3)}${String((serial * 7919) % 1000).padStart(3, '0')}-${serial}`;
    };
    const readPage = async (first: number, after: string | null) => {
      const query = `query ($first: Int, $after: String) { list: ${kind.field.replace('PAGE', 'first: $first, after: $after')} {
        edges { cursor node { ${kind.member} } } pageInfo { hasNextPage endCursor } } }`;
      const { data, errors, calls } = await world.count<{ list: Listed }>(query, { first, after });
      expect(errors).toBeUndefined();
      const list = data?.list ?? { edges: [], pageInfo: { hasNextPage: false, endCursor: null } };
      // One call for each page of ECS's that the items are on; to see the end behind a full one takes another. Describing a
      // capacity provider is the same operation as listing them.
      const pages = Math.floor(list.edges.length / (kind.page ?? 100)) + (kind.page === undefined ? 1 : 2);
      if (kind.list.startsWith('List')) expect(calls[kind.list]).toBeLessThanOrEqual(pages);
      return { items: list.edges.map(({ node }) => Object.values(node).join(' ')), ...list };
    };
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(3), step), { minLength: 5, maxLength: 8 }),
        async (requests) => {
          const there = new Set((await readPage(200, null)).items);
          // Of account settings there are no more than ECS knows names. One that the gateway deleted a moment ago is set through it.
          const begin = kind.list === 'ListAccountSettings' ? through : past;
          for (let count = 0; there.size < 16 && count < 30; count += 1) there.add(await kind.create(begin, newName()));
          const listed = (await readPage(200, null)).items;
          expect(listed.length).toBeGreaterThan(8);
          const allTheTime = new Set(listed);
          const again = new Set<string>();
          const shown: string[] = [];
          let after: string | null = null;
          for (let request = 0; ; request += 1) {
            const [first = 9, back = 0, change] = requests[request] ?? [];
            const { items, edges, pageInfo }: Listed & { items: string[] } = await readPage(first, after);
            const kept = Math.max(1, items.length - back);
            shown.push(...items.slice(0, kept));
            after = edges[kept - 1]?.cursor ?? null;
            if (items.length === 0 || (kept >= items.length && !pageInfo.hasNextPage)) break;
            if (kept === items.length) expect(after).toBe(pageInfo.endCursor);
            if (change === undefined) continue;
            const write = change.isThrough ? through : past;
            const at = listed.indexOf(shown.at(-1) ?? '');
            for (const distance of new Set(change.ended)) {
              const item = listed[at + distance];
              if (kind.end === undefined || item === undefined || KEPT.test(item) || !allTheTime.has(item)) continue;
              // What ended in an earlier history may still be listed, and cannot end once more.
              const hasEnded = await kind.end(write, item).then(
                () => true,
                () => false,
              );
              if (hasEnded) allTheTime.delete(item);
              ended += Number(hasEnded);
            }
            for (let count = 0; count < change.created; count += 1) again.add(await kind.create(write, newName()));
          }
          const twice = shown.filter((item, index) => shown.indexOf(item) !== index && !again.has(item));
          expect(twice).toEqual([]);
          expect([...allTheTime].filter((item) => !shown.includes(item))).toEqual([]);
        },
      ),
      { numRuns: 2, endOnFailure: true },
    );
    expect(ended > 0).toBe(kind.end !== undefined);
  });
});

interface Listed {
  readonly edges: readonly { readonly cursor: string; readonly node: Readonly<Record<string, unknown>> }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
