import type { Deployment } from '@aws-sdk/client-ecs';
import { isObjectType, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { toClientToken } from '../../../src/schema/sdk-types/mutations.ts';
import { Graph } from '../../../src/schema/sdk-types/sdk-graph.ts';
import { graphOfNouns } from '../support/all-nouns.ts';
import { linkedOperations, plainOperations } from '../support/every-operation.ts';
import { run } from '../support/sdk-wire.ts';

const plain = plainOperations();
const linked = linkedOperations();

describe('nouns and links', () => {
  const arn = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:3';

  it('link nouns in a mutation’s answer, with the input that was sent', async () => {
    const answer = { tasks: [{ taskArn: 't1' }], failures: [{ arn: 'i1', reason: 'AGENT' }] };
    const text =
      'mutation { runTask(input: { taskDefinition: "web", cluster: "a" }) { tasks { taskArn via } failures { arn reason } } }';
    expect((await run(linked, answer, text)).data).toStrictEqual({
      runTask: {
        tasks: [{ taskArn: 't1', via: expect.stringMatching(/tasks.* of taskDefinition,cluster/) }],
        failures: [{ arn: 'i1', reason: 'AGENT' }],
      },
    });
  });

  it('follow the ARNs in value types, nouns and payloads, keeping the string beside', async () => {
    const service = {
      taskDefinition: arn,
      deployments: [{ id: 'ecs-svc/1', taskDefinition: arn }, { taskDefinition: 'gone' }],
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
      currentServiceDeployment: 'd1',
      taskSets: [{ id: 'ecs-svc/2', serviceArn: 's1' }],
    };
    const text = `mutation { updateService(input: { service: "web" }) { service {
      taskDefinitionArn taskDefinition { via }
      deployments { deploymentId taskDefinitionArn taskDefinition { via } }
      capacityProviderStrategy { capacityProviderName capacityProvider { via } }
      currentServiceDeploymentArn currentServiceDeployment { via }
      taskSets { taskSetId serviceArn service { via } }
    } } }`;
    expect((await run(linked, { service }, text)).data).toStrictEqual({
      updateService: {
        service: {
          taskDefinitionArn: arn,
          taskDefinition: { via: arn },
          deployments: [
            { deploymentId: 'ecs-svc/1', taskDefinitionArn: arn, taskDefinition: { via: arn } },
            { deploymentId: '', taskDefinitionArn: 'gone', taskDefinition: null },
          ],
          capacityProviderStrategy: [{ capacityProviderName: 'FARGATE', capacityProvider: { via: 'FARGATE' } }],
          currentServiceDeploymentArn: 'd1',
          currentServiceDeployment: { via: 'd1' },
          taskSets: [{ taskSetId: 'ecs-svc/2', serviceArn: 's1', service: { via: 's1' } }],
        },
      },
    });
    const D1 = 'arn:aws:ecs:eu-west-1:123456789012:service-deployment/a/b/d1';
    const payload = await run(
      linked,
      { serviceDeploymentArn: D1 },
      `mutation { stopServiceDeployment(input: { serviceDeploymentArn: "${D1}" }) { serviceDeploymentArn serviceDeployment { via } } }`,
    );
    expect(payload.data).toStrictEqual({
      stopServiceDeployment: { serviceDeploymentArn: D1, serviceDeployment: { via: D1 } },
    });
  });

  it('leave out of a list what is gone', async () => {
    const answer = { cluster: { capacityProviders: ['FARGATE', 'gone'] } };
    const text =
      'mutation { createCluster(input: {}) { cluster { capacityProviderNames capacityProviders { via } } } }';
    expect((await run(linked, answer, text)).data).toStrictEqual({
      createCluster: {
        cluster: { capacityProviderNames: ['FARGATE', 'gone'], capacityProviders: [{ via: 'FARGATE' }] },
      },
    });
  });

  it('always give the short name where AWS gives a name or an ARN', async () => {
    const answer = { capacityProvider: { cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/blue' } };
    const text =
      'mutation { deleteCapacityProvider(input: { capacityProvider: "a" }) { capacityProvider { clusterName cluster { via } } } }';
    expect((await run(linked, answer, text)).data).toStrictEqual({
      deleteCapacityProvider: {
        capacityProvider: { clusterName: 'blue', cluster: { via: answer.capacityProvider.cluster } },
      },
    });
  });

  it('have no resolver for plain properties, and list the members that each field reads', () => {
    const deployment = linked.getType('DeploymentSlot');
    const fields = isObjectType(deployment) ? deployment.getFields() : {};
    expect(fields.failedTasks?.resolve).toBeUndefined();
    expect(fields.networkConfiguration?.resolve).toBeUndefined();
    expect(fields.taskDefinition?.extensions.members).toStrictEqual(['taskDefinition']);
    expect(fields.taskDefinitionArn?.extensions.members).toStrictEqual(['taskDefinition']);
    expect(fields.deploymentId?.extensions.members).toStrictEqual(['id']);
  });

  it('refuse what cannot be meant', () => {
    const graph = graphOfNouns();
    expect(() => graph.registerNoun('Task', graph.noun('Task') as never)).toThrow('registered twice');
    expect(() => new Graph().noun('Task')).toThrow('No noun Task');
    const misspelt = new Graph();
    misspelt.builder.objectRef<object>('X').implement({
      fields: (t) => misspelt.sdkFields('Scale', t as never, { descriptions: { vlaue: 'a slip' } }),
    });
    expect(() => misspelt.toSchema()).toThrow('Scale has no field vlaue');
  });
});

describe('sdkFields', () => {
  it('give a type the members of a structure, as the caller wants them', async () => {
    const graph = new Graph();
    const ref = graph.builder.objectRef<Deployment>('Rollout').implement({
      fields: (t) => ({
        ...graph.sdkFields('Deployment', t, { omit: ['launchType'], descriptions: { desiredCount: 'Tasks wanted.' } }),
        runningCount: t.int({ nullable: false, resolve: (source) => source.runningCount ?? 0 }),
      }),
    });
    graph.builder.queryField('rollout', (t) => t.field({ type: ref, resolve: () => ({ id: 'a', desiredCount: 2 }) }));
    const schema = graph.toSchema();
    const { data } = await run(schema, {}, '{ rollout { deploymentId desiredCount runningCount rolloutState } }');
    expect(data).toStrictEqual({
      rollout: { deploymentId: 'a', desiredCount: 2, runningCount: 0, rolloutState: null },
    });
    const type = schema.getType('Rollout');
    expect(isObjectType(type) && type.getFields().launchType).toBeUndefined();
    expect(isObjectType(type) && type.getFields().desiredCount?.description).toBe('Tasks wanted.');
  });
});

describe('mutations', () => {
  const create = (args: string) =>
    `mutation { createService(input: { serviceName: "a" ${args} }) { service { serviceName } } }`;

  it('pass the idempotency key where ECS takes a client token, and take no other', async () => {
    const keyed = (input: string, key: string) => create(input).replace(' })', ` }, idempotencyKey: "${key}")`);
    expect((await run(plain, {}, keyed('', 'k-1'))).sent).toStrictEqual({ serviceName: 'a', clientToken: 'k-1' });
    expect(validate(plain, parse(keyed('clientToken: "own"', 'k-1')))).toHaveLength(1);
    const without = await run(
      plain,
      {},
      'mutation { deleteCluster(input: { cluster: "a" }, idempotencyKey: "k") { cluster { status } } }',
    );
    expect(without.sent).toStrictEqual({ cluster: 'a' });
  });

  it('send a digest of a key that ECS would refuse', () => {
    expect(toClientToken('k'.repeat(36))).toBe('k'.repeat(36));
    expect(toClientToken('k'.repeat(37))).toMatch(/^[0-9a-f]{32}$/);
    expect(toClientToken('clé')).toMatch(/^[0-9a-f]{32}$/);
    expect(toClientToken('clé')).toBe(toClientToken('clé'));
  });

  it('drop explicit nulls and keep empty lists', async () => {
    const { sent } = await run(
      plain,
      {},
      create('launchType: null, loadBalancers: [], networkConfiguration: { awsvpcConfiguration: null }'),
    );
    expect(sent).toStrictEqual({ serviceName: 'a', loadBalancers: [], networkConfiguration: {} });
  });
});

describe('unions', () => {
  const text = '{ describeGateway(gateway: "a") { gateway { name configuration { hostSharedAlb { port } } } } }';

  it('answer the member that is set, and nothing of one that AWS adds later', async () => {
    const known = { gateway: { name: 'a', configuration: { hostSharedAlb: { port: 443 } } } };
    expect((await run(plain, known, text)).data).toStrictEqual({ describeGateway: known });
    const unknown = { gateway: { name: 'a', configuration: { ownAlb: { port: 443 } } } };
    expect(await run(plain, unknown, text)).toMatchObject({
      data: { describeGateway: { gateway: { name: 'a', configuration: { hostSharedAlb: null } } } },
      errors: undefined,
    });
  });

  it('take exactly one member', async () => {
    const configuration = (value: string) =>
      `mutation { createGateway(input: { name: "a", infrastructureRoleArn: "r", configuration: ${value} }) { name } }`;
    expect((await run(plain, {}, configuration('{ hostSharedAlb: { port: 443 } }'))).sent).toMatchObject({
      configuration: { hostSharedAlb: { port: 443 } },
    });
    const none = validate(plain, parse(configuration('{}')));
    expect(none.map((error) => error.message)).toStrictEqual([expect.stringContaining('exactly one')]);
  });
});

describe('secrets', () => {
  const answer = {
    taskDefinition: {
      containerDefinitions: [
        {
          environment: [{ name: 'TOKEN', value: 'hush' }, { name: 'EMPTY', value: '' }, { name: 'NONE' }],
          repositoryCredentials: { credentialsParameter: 'arn' },
        },
      ],
    },
  };
  const text = `{ describeTaskDefinition(taskDefinition: "a") { taskDefinition { containerDefinitions {
    environment { name value isMasked } repositoryCredentials { credentialsParameter isMasked }
  } } } }`;
  const container = (result: { data?: unknown }) =>
    (result.data as { describeTaskDefinition: { taskDefinition: { containerDefinitions: unknown[] } } })
      .describeTaskDefinition.taskDefinition.containerDefinitions[0];

  it('are shown only where the server is configured to', async () => {
    expect(container(await run(plain, answer, text, true))).toStrictEqual({
      environment: [
        { name: 'TOKEN', value: 'hush', isMasked: false },
        { name: 'EMPTY', value: '', isMasked: false },
        { name: 'NONE', value: null, isMasked: false },
      ],
      repositoryCredentials: { credentialsParameter: 'arn', isMasked: false },
    });
    expect(container(await run(plain, answer, text, false))).toStrictEqual({
      environment: [
        { name: 'TOKEN', value: null, isMasked: true },
        { name: 'EMPTY', value: null, isMasked: true },
        { name: 'NONE', value: null, isMasked: false },
      ],
      repositoryCredentials: { credentialsParameter: null, isMasked: true },
    });
  });

  it('are marked by their owner where they are no structures', async () => {
    const session = { session: { sessionId: 'a', tokenValue: 'hush' } };
    const exec =
      'mutation { executeCommand(input: { task: "a", command: "sh", interactive: true }) { session { tokenValue isMasked } } }';
    expect((await run(plain, session, exec, false)).data).toMatchObject({
      executeCommand: { session: { tokenValue: null, isMasked: true } },
    });
    expect((await run(plain, session, exec, true)).data).toMatchObject({
      executeCommand: { session: { tokenValue: 'hush', isMasked: false } },
    });
    expect((await run(plain, { session: {} }, exec, false)).data).toMatchObject({
      executeCommand: { session: { tokenValue: null, isMasked: false } },
    });
  });

  it.each([
    [
      'registerTaskDefinition',
      'family: "a", containerDefinitions: [{ name: "a" }, { environment: [{ name: "A", value: "" }, ENTRY] }]',
      'input.containerDefinitions.1.environment.1',
    ],
    [
      'runTask',
      'taskDefinition: "a", overrides: { containerOverrides: [{ name: "a", environment: [ENTRY] }] }',
      'input.overrides.containerOverrides.0.environment.0',
    ],
  ])('are refused by %s when they come back masked, and empty text is not', async (mutation, input, path) => {
    const send = (entry: string) =>
      run(plain, {}, `mutation { ${mutation}(input: { ${input.replace('ENTRY', entry)} }) { __typename } }`);
    for (const entry of ['{ name: "B", value: null }', '{ name: "B" }']) {
      const result = await send(entry);
      expect(result.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: `${path}.value` } }]);
      expect(result.sent).toBeUndefined();
    }
    const marked = await send('{ name: "B", value: "x", isMasked: true }');
    expect(marked.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: path } }]);
    const empty = await send('{ name: "B", value: "", isMasked: false }');
    expect(empty.errors).toBeUndefined();
    expect(JSON.stringify(empty.sent)).toContain('{"name":"B","value":""}');
  });

  it('are refused as null where the caller does not see them, unless null is known to be no value', async () => {
    const register = (container: string, showsSecrets: boolean) =>
      run(
        plain,
        {},
        `mutation { registerTaskDefinition(input: { family: "a", containerDefinitions: [{ name: "a", ${container} }] }) { __typename } }`,
        showsSecrets,
      );
    const refusal = [{ extensions: { code: 'BAD_USER_INPUT', argument: 'input.containerDefinitions.0.command' } }];
    expect((await register('command: null', false)).errors).toMatchObject(refusal);
    for (const [container, shows] of [
      ['command: null', true],
      ['command: null, isMasked: false', false],
      ['image: "b"', false],
    ] as const) {
      expect((await register(container, shows)).errors).toBeUndefined();
    }
  });

  it('are marked for other rooms', () => {
    const type = plain.getType('Session');
    expect(isObjectType(type) && type.getFields().tokenValue?.extensions.sensitive).toBe(true);
  });
});
