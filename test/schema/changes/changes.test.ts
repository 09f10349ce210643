import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld({}, { EXPOSE_SECRETS: 'false' });
});
afterEach(() => world.dispose());

interface Change {
  readonly path: string;
  readonly kind: string;
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly isMasked: boolean;
  readonly text: string;
}

const CHANGES = 'changes { path kind subject before after isMasked text }';

async function register(containers: readonly object[], more: object = {}): Promise<number> {
  const { registerTaskDefinition } = await world.data<{
    registerTaskDefinition: { taskDefinition: { revision: number } };
  }>(
    'mutation ($input: RegisterTaskDefinitionInput!) { registerTaskDefinition(input: $input) { taskDefinition { revision } } }',
    { input: { family: 'shop', containerDefinitions: containers, ...more } },
  );
  return registerTaskDefinition.taskDefinition.revision;
}

const web = (image: string, more: object = {}) => ({ name: 'web', image, memory: 128, ...more });

describe('taskDefinitionDiff', () => {
  it('shows each difference, for one call a definition', async () => {
    await register([web('shop/web:1', { environment: [{ name: 'LEVEL', value: 'info' }] })]);
    await register([
      web('shop/web:2', { environment: [{ name: 'LEVEL', value: 'debug' }] }),
      { name: 'log', image: 'fluent:1', memory: 64 },
    ]);
    const { data, errors, calls } = await world.count<{ taskDefinitionDiff: { changes: Change[] } }>(
      `{ taskDefinitionDiff(from: "shop:1", to: "shop:2") { from { revision } to { revision } ${CHANGES} } }`,
    );
    expect(errors).toBeUndefined();
    expect(calls).toEqual({ DescribeTaskDefinition: 2 });
    expect(data?.taskDefinitionDiff).toEqual({
      from: { revision: 1 },
      to: { revision: 2 },
      changes: [
        {
          path: 'containers.web.image',
          kind: 'CHANGED',
          subject: 'IMAGE',
          before: 'shop/web:1',
          after: 'shop/web:2',
          isMasked: false,
          text: 'Container web: image changed from shop/web:1 to shop/web:2.',
        },
        {
          path: 'containers.web.environment.LEVEL',
          kind: 'CHANGED',
          subject: 'ENVIRONMENT',
          before: null,
          after: null,
          isMasked: true,
          text: 'Container web: environment LEVEL was changed; its value is hidden.',
        },
        expect.objectContaining({
          path: 'containers.log',
          kind: 'ADDED',
          subject: 'CONTAINER',
          before: null,
          text: 'Container log was added.',
        }),
      ],
    });
  });

  it('splits an image into its parts', async () => {
    await register([web('registry.example.com/shop/web:1')]);
    await register([web('registry.example.com/shop/web:2')]);
    const { taskDefinitionDiff } = await world.data<{ taskDefinitionDiff: { changes: object[] } }>(
      '{ taskDefinitionDiff(from: "shop:1", to: "shop") { changes { imageBefore { registry repository tag } imageAfter { tag digest } } } }',
    );
    expect(taskDefinitionDiff.changes).toEqual([
      {
        imageBefore: { registry: 'registry.example.com', repository: 'shop/web', tag: '1' },
        imageAfter: { tag: '2', digest: null },
      },
    ]);
  });

  it('hides the values of an added container, and not its image', async () => {
    await register([web('shop/web:1')]);
    await register([
      web('shop/web:1'),
      { name: 'log', image: 'fluent:1', memory: 64, environment: [{ name: 'KEY', value: 'canary' }] },
    ]);
    const { taskDefinitionDiff } = await world.data<{ taskDefinitionDiff: { changes: Change[] } }>(
      `{ taskDefinitionDiff(from: "shop:1", to: "shop:2") { ${CHANGES} } }`,
    );
    const [added] = taskDefinitionDiff.changes;
    expect(added).toMatchObject({ path: 'containers.log', isMasked: true });
    expect(added?.after).toContain('fluent:1');
    expect(added?.after).toContain('KEY');
    expect(JSON.stringify(taskDefinitionDiff)).not.toContain('canary');
  });

  it.each([
    ['from', 'from: "none:1", to: "web:1"'],
    ['to', 'from: "shop:1", to: "none"'],
  ])('names the argument %s of a definition that does not exist', async (argument, args) => {
    await register([web('shop/web:1')]);
    const { errors } = await world.query(`{ taskDefinitionDiff(${args}) { changes { path } } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', argument });
  });
});

describe('TaskDefinition.changesSince', () => {
  const since = (revision: string, args = '') =>
    world.count<{ taskDefinition: { changesSince: { path: string }[] | null } }>(
      `{ taskDefinition(taskDefinition: "shop:${revision}") { changesSince${args} { path } } }`,
    );

  it('compares with the previous revision, or with the given one', async () => {
    await register([web('shop/web:1')]);
    await register([web('shop/web:2')]);
    await register([web('shop/web:2')], { cpu: '256' });
    const last = await since('3');
    expect(last.data?.taskDefinition.changesSince).toEqual([{ path: 'cpu' }]);
    expect(last.calls).toEqual({ DescribeTaskDefinition: 2 });
    const first = await since('3', '(revision: 1)');
    expect(first.data?.taskDefinition.changesSince).toEqual([{ path: 'containers.web.image' }, { path: 'cpu' }]);
  });

  it('is null for the first revision, and for a revision that does not exist', async () => {
    await register([web('shop/web:1')]);
    expect((await since('1')).data?.taskDefinition.changesSince).toBeNull();
    expect((await since('1', '(revision: 9)')).data?.taskDefinition.changesSince).toBeNull();
  });

  it('refuses a number below 1', async () => {
    await register([web('shop/web:1')]);
    expect((await since('1', '(revision: 0)')).errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'revision',
    });
  });
});

describe('changes of a deployment', () => {
  const deploy = async () => {
    const { deployImages } = await world.data<{ deployImages: { deployment: { id: string } } }>(
      'mutation { deployImages(cluster: "storefront", service: "cart", images: [{ container: "cart", image: "shop/cart:9" }]) { deployment { id } } }',
    );
    return deployImages.deployment.id;
  };

  it('lead from the revision that it replaces to its own', async () => {
    const id = await deploy();
    const { data, calls, errors } = await world.count<{ node: { changes: Change[] } }>(
      `query ($id: ID!) { node(id: $id) { ... on ServiceDeployment { ${CHANGES} } } }`,
      { id },
    );
    expect(errors).toBeUndefined();
    expect(calls).toEqual({ DescribeServiceDeployments: 1, DescribeServiceRevisions: 1, DescribeTaskDefinition: 2 });
    expect(data?.node.changes.map(({ path, subject, text }) => [path, subject, text])).toEqual([
      ['taskDefinition', 'TASK_DEFINITION', 'taskDefinition changed from cart:1 to cart:2.'],
      [
        'containers.cart.image',
        'IMAGE',
        expect.stringMatching(/^Container cart: image changed from .* to shop\/cart:9\.$/),
      ],
    ]);
  });

  it('are those of the newest entry of `deployments` too', async () => {
    await deploy();
    const { data, errors } = await world.query<{ service: { deployments: { changes: { path: string }[] | null }[] } }>(
      '{ service(cluster: "storefront", service: "cart") { deployments { changes { path } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data?.service.deployments.map(({ changes }) => changes?.map(({ path }) => path) ?? null)).toEqual([
      ['taskDefinition', 'containers.cart.image'],
      null,
    ]);
  });

  it('show settings of the service', async () => {
    await world.data(
      'mutation { updateService(input: { cluster: "storefront", service: "cart", platformVersion: "1.3.0" }) { service { id } } }',
    );
    const { service } = await world.data<{ service: { deployments: { changes: Change[] | null }[] } }>(
      `{ service(cluster: "storefront", service: "cart") { deployments { ${CHANGES} } } }`,
    );
    expect(service.deployments[0]?.changes).toMatchObject([
      { path: 'platformVersion', subject: 'PLATFORM', after: '1.3.0' },
    ]);
  });
});

describe('Service.tasksOnOldRevision', () => {
  const read = () =>
    world.count<{
      service: {
        runningCount: number;
        tasksOnOldRevision: { totalCount: { value: number }; nodes: { deploymentSlot: { status: string } | null }[] };
      };
    }>(
      '{ service(cluster: "storefront", service: "cart") { runningCount tasksOnOldRevision { totalCount { value } nodes { deploymentSlot { status } } } } }',
    );

  it('holds the tasks of the former revision until a rollout is complete', async () => {
    expect((await read()).data?.service.tasksOnOldRevision).toEqual({ totalCount: { value: 0 }, nodes: [] });
    await world.data(
      'mutation { updateService(input: { cluster: "storefront", service: "cart", forceNewDeployment: true }) { service { id } } }',
    );
    const during = await read();
    expect(during.data?.service.tasksOnOldRevision.totalCount.value).toBe(during.data?.service.runningCount);
    expect(
      new Set(during.data?.service.tasksOnOldRevision.nodes.map(({ deploymentSlot }) => deploymentSlot?.status)),
    ).toEqual(new Set(['ACTIVE']));
    world.sandbox.clock.advance(30 * 60_000);
    expect((await read()).data?.service.tasksOnOldRevision.nodes).toEqual([]);
  });
});
