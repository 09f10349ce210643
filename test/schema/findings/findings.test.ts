import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPolicedWorld } from '../../policy/support/policy-world.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.dispose());

interface Found {
  readonly kind: string;
  readonly severity: string;
  readonly message: string;
  readonly evidence: readonly { readonly name: string; readonly value: string }[];
  readonly service: { readonly serviceName: string } | null;
}

const FIELDS = '{ kind severity message evidence { name value } service { serviceName } }';
const kindsOf = (found: readonly Found[] | undefined) => found?.map(({ kind }) => kind);

async function ofService(name: string, args = '') {
  return world.count<{ service: { findings: { nodes: Found[] } } }>(
    `{ service(cluster: "storefront", service: "${name}") { findings${args} { nodes ${FIELDS} } } }`,
  );
}

it('a service is judged with its task definition, and costs no call for rules without it', async () => {
  const all = await ofService('cart');
  expect(all.errors).toBeUndefined();
  expect(all.calls).toEqual({ DescribeServices: 1, DescribeTaskDefinition: 1 });
  const few = await ofService('cart', '(kinds: [UNDER_DESIRED, ONE_SUBNET])');
  expect(few.calls).toEqual({ DescribeServices: 1 });
});

it('a deployment that fails is found, the most severe first', async () => {
  await world.data(
    `mutation { updateService(input: { cluster: "storefront", service: "cart", desiredCount: 3, deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: false } } }) { service { id } } }`,
  );
  await world.data(
    'mutation { deployImages(cluster: "storefront", service: "cart", images: [{ container: "cart", image: "cart:sandbox-exit-1" }]) { plan { operation } } }',
  );
  world.sandbox.clock.advance(60 * 60_000);
  const { data } = await ofService('cart');
  const found = data?.service.findings.nodes ?? [];
  expect(found[0]).toMatchObject({
    kind: 'DEPLOYMENT_FAILED',
    severity: 'CRITICAL',
    message: 'The newest deployment of cart failed.',
    service: { serviceName: 'cart' },
  });
  expect(kindsOf(found)).toContain('ROLLBACK_OFF');
  const ranks = found.map(({ severity }) => ['CRITICAL', 'WARNING', 'INFO'].indexOf(severity));
  expect(ranks).toEqual([...ranks].sort());
});

it('all clusters are read once, and pages hold each finding once', async () => {
  const whole = await world.count<{ findings: { nodes: Found[]; totalCount: { value: number } } }>(
    `{ findings(first: 1000) { totalCount { value } nodes ${FIELDS} } }`,
  );
  expect(whole.errors).toBeUndefined();
  expect(whole.calls.DescribeTaskDefinition).toBeUndefined();
  expect(whole.calls.ListClusters).toBe(1);
  const all = whole.data?.findings.nodes ?? [];
  expect(all.length).toBeGreaterThan(3);
  expect(all.length).toBe(whole.data?.findings.totalCount.value);
  const paged: Found[] = [];
  let after = '';
  for (let hasNextPage = true; hasNextPage; ) {
    const { findings } = await world.data<{
      findings: { nodes: Found[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    }>(
      `query ($after: String) { findings(first: 3, after: $after) { pageInfo { hasNextPage endCursor } nodes ${FIELDS} } }`,
      { after },
    );
    paged.push(...findings.nodes);
    ({ hasNextPage, endCursor: after } = findings.pageInfo);
  }
  expect(paged).toEqual(all);
});

it('severity and kinds narrow it, and a missing cluster is NOT_FOUND', async () => {
  const { findings } = await world.data<{ findings: { nodes: Found[] } }>(
    `{ findings(clusters: ["storefront"], minSeverity: WARNING, kinds: [CIRCUIT_BREAKER_OFF, IMAGE_TAG_MOVES]) { nodes ${FIELDS} } }`,
  );
  expect(new Set(kindsOf(findings.nodes))).toEqual(new Set(['CIRCUIT_BREAKER_OFF']));
  const missing = await world.query('{ findings(clusters: ["nope"]) { nodes { kind } } }');
  expect(missing.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', argument: 'clusters' });
});

it('shows only what the caller may read', async () => {
  const arn = 'arn:aws:ecs:eu-west-1:123456789012';
  await using policed = await createPolicedWorld(
    `permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource in Ecs::Cluster::"${arn}:cluster/storefront")
    unless { resource == Ecs::Service::"${arn}:service/storefront/cart" };`,
  );
  const query = `{ findings(first: 1000) { nodes { kind cluster { clusterName } service { serviceName } } } }`;
  interface Seen {
    readonly findings: {
      readonly nodes: readonly {
        readonly cluster: { readonly clusterName: string };
        readonly service: { readonly serviceName: string } | null;
      }[];
    };
  }
  const [all, some] = [await policed.as<Seen>('admin', query), await policed.as<Seen>('one', query)];
  expect([all.errors, some.errors]).toEqual([undefined, undefined]);
  const clusters = (seen: typeof all) => new Set(seen.data?.findings.nodes.map(({ cluster }) => cluster.clusterName));
  const services = (seen: typeof all) => seen.data?.findings.nodes.map(({ service }) => service?.serviceName) ?? [];
  expect(clusters(all).size).toBeGreaterThan(1);
  expect(clusters(some)).toEqual(new Set(['storefront']));
  expect(services(all)).toContain('cart');
  expect(services(some)).not.toContain('cart');
  expect(some.calls.ListServices).toBe(1);
});

it('reads the instances for the room that a rollout needs, of a cluster only if the rule is named', async () => {
  const query = (kinds: string) =>
    world.count<{ cluster: { findings: { nodes: Found[]; totalCount: { value: number } } } }>(
      `{ cluster(cluster: "platform") { findings(kinds: [${kinds}], first: 1000) { nodes ${FIELDS} totalCount { value } } } }`,
    );
  const few = await query('ROLLOUT_LACKS_CAPACITY');
  expect(few.errors).toBeUndefined();
  expect(few.calls).toMatchObject({ ListContainerInstances: 1, DescribeContainerInstances: 1, ListServices: 1 });
  const before = few.data?.cluster.findings.totalCount.value ?? 0;
  // Nothing is left for a further task of any service.
  const { containerInstances } = await world.data<{
    containerInstances: { nodes: { containerInstanceArn: string }[] };
  }>('{ containerInstances(clusters: ["platform"]) { nodes { containerInstanceArn } } }');
  await world.data(
    'mutation ($ids: [ID!]!) { drainContainerInstances(input: { cluster: "platform", containerInstances: $ids }) { failedInstanceCount } }',
    {
      ids: containerInstances.nodes.map(({ containerInstanceArn }) => containerInstanceArn),
    },
  );
  const more = await query('ROLLOUT_LACKS_CAPACITY');
  expect(more.data?.cluster.findings.totalCount.value).toBeGreaterThan(before);
  const whole = await world.count('{ cluster(cluster: "platform") { findings { nodes { kind } } } }');
  expect(whole.calls.DescribeTaskDefinition).toBeUndefined();
});
