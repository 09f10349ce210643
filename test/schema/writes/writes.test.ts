import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld({}, { EXPOSE_SECRETS: 'false' });
});
afterEach(() => world.dispose());

interface Change {
  readonly service: {
    readonly serviceName: string;
    readonly desiredCount: number;
    readonly taskDefinitionArn: string;
  } | null;
  readonly taskDefinition?: { readonly revision: number; readonly taskDefinitionArn: string } | null;
  readonly deploymentId?: string | null;
  readonly deployment?: { readonly serviceDeploymentArn: string; readonly status: string } | null;
  readonly followCursor?: string | null;
  readonly plan: readonly {
    readonly operation: string;
    readonly changes: readonly {
      readonly field: string;
      readonly before: string | null;
      readonly after: string | null;
    }[];
  }[];
}

const read = (service: string) =>
  world.data<{
    service: {
      desiredCount: number;
      taskDefinition: { revision: number; containerDefinitions: { name: string; image: string }[] };
    };
  }>(
    `{ service(cluster: "storefront", service: "${service}") { desiredCount taskDefinition { revision containerDefinitions { name image } } } }`,
  );

describe('scaleService', () => {
  const scale = (args: string) =>
    world.count<{ scaleService: Change | null }>(
      `mutation { scaleService(cluster: "storefront", service: "cart", ${args}) { service { serviceName desiredCount } plan { operation changes { field before after } } } }`,
    );

  it('refuses a DAEMON service, which has no desired count', async () => {
    await world.data(`mutation { createService(input: { cluster: "storefront", serviceName: "agent", taskDefinition: "cart",
      schedulingStrategy: DAEMON, launchType: EC2, networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } }) { service { id } } }`);
    const { errors, calls } = await world.count(
      'mutation { scaleService(cluster: "storefront", service: "agent", desiredCount: 2, dryRun: true) { plan { operation } } }',
    );
    expect(errors).toMatchObject([
      { message: expect.stringContaining('DAEMON'), extensions: { code: 'FAILED_PRECONDITION', argument: 'service' } },
    ]);
    expect(calls).toEqual({ DescribeServices: 1 });
  });

  it('sets the count that a service wants, and shows the change', async () => {
    const { service } = await read('cart');
    const { data, calls, errors } = await scale('desiredCount: 7');
    expect(errors).toBeUndefined();
    expect(data?.scaleService).toEqual({
      service: { serviceName: 'cart', desiredCount: 7 },
      plan: [
        {
          operation: 'UpdateService',
          changes: [{ field: 'desiredCount', before: String(service.desiredCount), after: '7' }],
        },
      ],
    });
    expect(calls).toEqual({ DescribeServices: 1, UpdateService: 1 });
    expect((await read('cart')).service.desiredCount).toBe(7);
    const again = await scale('desiredCount: 7');
    expect(again.data?.scaleService?.plan).toEqual([]);
    expect(again.calls).toEqual({ DescribeServices: 1 });
  });

  it('writes nothing in a dry run, or where the count is not the expected one', async () => {
    const { service } = await read('cart');
    const dry = await scale('desiredCount: 9, dryRun: true');
    expect(dry.data?.scaleService).toMatchObject({
      service: { desiredCount: service.desiredCount },
      plan: [{ operation: 'UpdateService' }],
    });
    expect(dry.calls).toEqual({ DescribeServices: 1 });
    const stale = await scale(`desiredCount: 9, expectedDesiredCount: ${service.desiredCount + 1}`);
    expect(stale.errors?.[0]?.extensions).toMatchObject({
      code: 'FAILED_PRECONDITION',
      argument: 'expectedDesiredCount',
    });
    expect(stale.calls).toEqual({ DescribeServices: 1 });
    for (const [args, argument] of [
      ['desiredCount: -1', 'desiredCount'],
      ['desiredCount: 1, idempotencyKey: ""', 'idempotencyKey'],
    ]) {
      const refused = await scale(args ?? '');
      expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument });
    }
    const missing = await world.query(
      'mutation { scaleService(service: "nobody", desiredCount: 1) { plan { operation } } }',
    );
    expect(missing.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', argument: 'service' });
  });

  it('is done once for a key, though what was expected is no longer so', async () => {
    const { service } = await read('cart');
    const args = `desiredCount: 8, expectedDesiredCount: ${service.desiredCount}, idempotencyKey: "k"`;
    const first = await scale(args);
    expect(first.errors).toBeUndefined();
    const again = await scale(args);
    expect(again.data?.scaleService?.service).toEqual(first.data?.scaleService?.service);
    expect(again.extensions?.replayed).toBe(true);
    expect(again.calls).toEqual({});
    const other = await scale('desiredCount: 9, idempotencyKey: "k"');
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'idempotencyKey' });
  });
});

describe('deployImages', () => {
  const SELECT = `service { serviceName taskDefinitionArn } taskDefinition { revision taskDefinitionArn } deploymentId
    deployment { serviceDeploymentArn status } followCursor plan { operation changes { field before after } }`;
  const deploy = (args: string, select = SELECT) =>
    world.count<{ deployImages: Change | null }>(
      `mutation { deployImages(cluster: "storefront", service: "cart", ${args}) { ${select} } }`,
    );
  const imagesOf = async () => {
    const { service } = await read('cart');
    const [container] = service.taskDefinition.containerDefinitions;
    return {
      revision: service.taskDefinition.revision,
      container: container?.name ?? '',
      image: container?.image ?? '',
    };
  };
  const raw = async (taskDefinition: string) => {
    const response = await fetch(world.sandbox.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition',
        authorization:
          'AWS4-HMAC-SHA256 Credential=sandbox/20260101/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ taskDefinition, include: ['TAGS'] }),
    });
    return (await response.json()) as {
      taskDefinition: Record<string, unknown> & { containerDefinitions: object[] };
      tags?: object[];
    };
  };

  it('registers the revision in use with other images, secrets and tags kept, and rolls it out', async () => {
    const { revision, container, image } = await imagesOf();
    const { data, calls, errors } = await deploy(`images: [{ container: "${container}", image: "${image}-next" }]`);
    expect(errors).toBeUndefined();
    const change = data?.deployImages;
    expect(calls).toEqual({
      DescribeServices: 1,
      DescribeTaskDefinition: 1,
      RegisterTaskDefinition: 1,
      UpdateService: 1,
      ListServiceDeployments: 1,
    });
    expect(change?.service?.taskDefinitionArn).toBe(change?.taskDefinition?.taskDefinitionArn);
    expect(change?.taskDefinition?.revision).toBeGreaterThan(revision);
    expect(change?.deploymentId).toMatch(/^ecs-svc\/\d+$/);
    expect(change?.deployment?.serviceDeploymentArn).toMatch(/:service-deployment\/storefront\/cart\//);
    expect(change?.plan).toEqual([
      {
        operation: 'RegisterTaskDefinition',
        changes: [{ field: `containers.${container}.image`, before: image, after: `${image}-next` }],
      },
      { operation: 'UpdateService', changes: [{ field: 'taskDefinition', before: `cart:${revision}`, after: null }] },
    ]);
    const [before, after] = [await raw(`cart:${revision}`), await raw(`cart:${change?.taskDefinition?.revision}`)];
    const own = [
      'taskDefinitionArn',
      'revision',
      'registeredAt',
      'deregisteredAt',
      'status',
      'registeredBy',
      'containerDefinitions',
    ];
    const rest = ({ taskDefinition }: typeof before) =>
      Object.fromEntries(Object.entries(taskDefinition).filter(([name]) => !own.includes(name)));
    expect(rest(after)).toEqual(rest(before));
    expect(after.tags ?? []).toEqual(before.tags ?? []);
    // The gateway hides environment values, and yet none is lost.
    expect(JSON.stringify(before.taskDefinition.containerDefinitions)).toMatch(
      /"environment":\[\{"name":"[^"]+","value":"[^"]+"/,
    );
    const [first, ...others] = before.taskDefinition.containerDefinitions;
    expect(after.taskDefinition.containerDefinitions).toEqual([{ ...first, image: `${image}-next` }, ...others]);
  });

  it('gives a cursor that follows what it began', async () => {
    const { container, image } = await imagesOf();
    const { data } = await deploy(`images: [{ container: "${container}", image: "${image}-next" }]`);
    const response = await world.app.fetch(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({
          query:
            'subscription ($after: String) { deploymentProgress(cluster: "storefront", service: "cart", after: $after) { type progress { deploymentId serviceDeploymentArn } } }',
          variables: { after: data?.deployImages?.followCursor },
        }),
      }),
    );
    const reader = response.body?.getReader();
    let text = '';
    while (reader !== undefined && !/event: next\ndata: .*\n/.test(text)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
    }
    await reader?.cancel();
    expect(text).toContain(data?.deployImages?.deployment?.serviceDeploymentArn);
    expect(text).not.toContain('"errors"');
  });

  it('writes nothing in a dry run, for the same images, or for another revision than expected', async () => {
    const { revision, container, image } = await imagesOf();
    const reads = { DescribeServices: 1, DescribeTaskDefinition: 1 };
    const dry = await deploy(`images: [{ container: "${container}", image: "x:1" }], dryRun: true`);
    expect(dry.data?.deployImages).toMatchObject({
      taskDefinition: null,
      deployment: null,
      deploymentId: null,
      followCursor: null,
    });
    expect(dry.data?.deployImages?.plan).toHaveLength(2);
    expect(dry.calls).toEqual(reads);
    const same = await deploy(`images: [{ container: "${container}", image: "${image}" }]`);
    expect(same.data?.deployImages?.plan).toEqual([]);
    expect(same.calls).toEqual(reads);
    const stale = await deploy(
      `images: [{ container: "${container}", image: "x:1" }], expectedRevision: ${revision + 1}`,
    );
    expect(stale.errors?.[0]?.extensions).toMatchObject({ code: 'FAILED_PRECONDITION', argument: 'expectedRevision' });
    expect(stale.calls).toEqual({ DescribeServices: 1 });
    const cases = [
      ['images: []', 'images'],
      ['images: [{ container: "nobody", image: "x:1" }]', 'images.0.container'],
      [`images: [{ container: "${container}", image: " " }]`, 'images.0.image'],
      [
        `images: [{ container: "${container}", image: "a" }, { container: "${container}", image: "b" }]`,
        'images.1.container',
      ],
    ];
    for (const [args, argument] of cases) {
      const { errors } = await deploy(args ?? '');
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument });
    }
  });

  it('changes environment, CPU and memory of a container, and of the task, and shows the difference', async () => {
    const args = `containers: [{ container: "cart", image: "shop/cart:9", cpu: 128, environment: [{ name: "PLAIN", value: "1" }, { name: "GONE", value: "2" }] }]`;
    const select =
      'changes { path kind before after isMasked } plan { operation changes { field before after } input }';
    await deploy(args, select);
    const { data, errors, calls } = await world.count<{
      deployImages: { changes: object[]; plan: { input: object; changes: object[] }[] };
    }>(
      `mutation { deployImages(cluster: "storefront", service: "cart", cpu: "512", memory: "2048",
        containers: [{ container: "cart", memory: 256, environment: [{ name: "PLAIN", value: "3" }], removeEnvironment: ["GONE"] }]) { ${select} } }`,
    );
    expect(errors).toBeUndefined();
    expect(calls).toEqual({
      DescribeServices: 1,
      DescribeTaskDefinition: 1,
      RegisterTaskDefinition: 1,
      UpdateService: 1,
    });
    const hidden = { before: null, after: null, isMasked: true };
    expect(data?.deployImages.changes).toEqual([
      { path: 'containers.cart.memory', kind: 'ADDED', before: null, after: '256', isMasked: false },
      { path: 'containers.cart.environment.PLAIN', kind: 'CHANGED', ...hidden },
      { path: 'containers.cart.environment.GONE', kind: 'REMOVED', ...hidden },
      { path: 'cpu', kind: 'CHANGED', before: '256', after: '512', isMasked: false },
      { path: 'memory', kind: 'CHANGED', before: '512', after: '2048', isMasked: false },
    ]);
    expect(data?.deployImages.plan[0]?.changes).toContainEqual({
      field: 'containers.cart.environment.PLAIN',
      before: '***',
      after: '***',
    });
    const { taskDefinition } = await raw('cart');
    expect(taskDefinition).toMatchObject({
      cpu: '512',
      memory: '2048',
      containerDefinitions: [{ image: 'shop/cart:9', cpu: 128, memory: 256, environment: expect.any(Array) }],
    });
    const [container] = taskDefinition.containerDefinitions as { environment: { name: string; value: string }[] }[];
    expect(container?.environment.filter(({ name }) => ['PLAIN', 'GONE'].includes(name))).toEqual([
      { name: 'PLAIN', value: '3' },
    ]);
  });

  it('registers nothing under a key either if nothing changes', async () => {
    const { container, image } = await imagesOf();
    const args = `images: [{ container: "${container}", image: "${image}" }], idempotencyKey: "same"`;
    const { data, calls } = await deploy(args);
    expect(data?.deployImages).toMatchObject({ plan: [], taskDefinition: null, deploymentId: null });
    expect(calls).toEqual({ DescribeServices: 1, DescribeTaskDefinition: 1 });
  });

  it.each([
    ['', 'images'],
    ['containers: [{ container: "cart", image: " " }]', 'containers.0.image'],
    ['containers: [{ container: "nobody", cpu: 1 }]', 'containers.0.container'],
    ['containers: [{ container: "cart", cpu: -1 }]', 'containers.0.cpu'],
    ['containers: [{ container: "cart", memoryReservation: -1 }]', 'containers.0.memoryReservation'],
    ['containers: [{ container: "cart" }, { container: "cart" }]', 'containers.1.container'],
    [
      'images: [{ container: "cart", image: "a" }], containers: [{ container: "cart", image: "b" }]',
      'containers.0.image',
    ],
    ['containers: [{ container: "cart", environment: [{ name: "A", isMasked: true }] }]', 'containers.0.environment.0'],
    ['containers: [{ container: "cart", environment: [{ name: "A" }] }]', 'containers.0.environment.0.value'],
    ['containers: [{ container: "cart", environment: [{ name: "", value: "1" }] }]', 'containers.0.environment.0.name'],
    [
      'containers: [{ container: "cart", environment: [{ name: "A", value: "***" }] }]',
      'containers.0.environment.0.value',
    ],
    [
      'containers: [{ container: "cart", environment: [{ name: "A", value: "1" }, { name: "A", value: "2" }] }]',
      'containers.0.environment',
    ],
    [
      'containers: [{ container: "cart", environment: [{ name: "A", value: "1" }], removeEnvironment: ["A"] }]',
      'containers.0.removeEnvironment',
    ],
  ])('refuses the changes %s', async (args, argument) => {
    const { errors, calls } = await world.count(
      `mutation { deployImages(cluster: "storefront", service: "cart"${args && `, ${args}`}) { taskDefinition { revision } } }`,
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument });
    expect(Object.keys(calls).filter((operation) => !operation.startsWith('Describe'))).toEqual([]);
  });

  it('registers one revision for a key, although the update failed the first time', async () => {
    const { container } = await imagesOf();
    const args = `images: [{ container: "${container}", image: "x:1" }], idempotencyKey: "k"`;
    world.sandbox.faults.set({ rules: [{ operations: ['UpdateService'], fault: 'accessDenied', times: 1 }] });
    const failed = await deploy(args, 'taskDefinition { revision }');
    expect(failed.errors?.[0]?.message).toMatch(/done before: RegisterTaskDefinition cart:\d+/);
    world.sandbox.faults.set({ rules: [] });
    const again = await deploy(args, 'taskDefinition { revision }');
    expect(again.errors).toBeUndefined();
    expect(again.calls.RegisterTaskDefinition).toBeUndefined();
    expect(again.calls.UpdateService).toBe(1);
    expect(again.extensions?.replayed).toBeUndefined();
    const third = await deploy(args, 'taskDefinition { revision }');
    expect(third.data).toEqual(again.data);
    expect(third.calls).toEqual({});
    expect(third.extensions?.replayed).toBe(true);
  });

  it('finds out the outcome of writes whose answers were lost, and repeats none', async () => {
    const { revision, container } = await imagesOf();
    world.sandbox.faults.set({
      rules: [{ operations: ['RegisterTaskDefinition', 'UpdateService'], fault: 'lostAnswer', times: 2 }],
    });
    const { data, errors, calls } = await deploy(
      `images: [{ container: "${container}", image: "x:1" }]`,
      'taskDefinition { revision }',
    );
    expect(errors).toBeUndefined();
    expect(calls).toMatchObject({ RegisterTaskDefinition: 1, UpdateService: 1 });
    expect(data?.deployImages?.taskDefinition?.revision).toBeGreaterThan(revision);
    expect((await read('cart')).service.taskDefinition.containerDefinitions[0]?.image).toBe('x:1');
  });
});
