import { expect, it } from 'vitest';
import { createPolicedWorld } from '../../policy/support/policy-world.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';

/** `one` reads the services of a cluster and one revision of a task definition. */
const POLICIES = `
permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource in Ecs::Cluster::"${ARN}:cluster/storefront");
permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource == Ecs::TaskDefinition::"${ARN}:task-definition/cart:1");
`;

it('differences need the right to read both sides', async () => {
  await using policed = await createPolicedWorld(POLICIES);
  const deployed = await policed.as(
    'admin',
    'mutation { deployImages(cluster: "storefront", service: "cart", images: [{ container: "cart", image: "shop/cart:canary" }]) { taskDefinition { revision } } }',
  );
  expect(deployed.errors).toBeUndefined();
  for (const [query, path] of [
    ['{ taskDefinitionDiff(from: "cart:1", to: "cart:2") { changes { text } } }', 'taskDefinitionDiff'],
    ['{ taskDefinitionDiff(from: "cart:2", to: "cart:1") { changes { text } } }', 'taskDefinitionDiff'],
    ['{ taskDefinition(taskDefinition: "cart:1") { changesSince(revision: 2) { text } } }', 'taskDefinition'],
    ['{ service(cluster: "storefront", service: "cart") { deployments { changes { text } } } }', 'service'],
  ] as const) {
    const allowed = await policed.as('admin', query);
    expect([query, allowed.errors]).toEqual([query, undefined]);
    expect(JSON.stringify(allowed.data)).toContain('canary');
    const denied = await policed.as('one', query);
    expect([query, JSON.stringify(denied.data).includes('canary')]).toEqual([query, false]);
    expect(
      denied.errors?.map(({ extensions, path: at }) => [extensions.code, extensions.action, at?.[0]]),
    ).toContainEqual(['FORBIDDEN', 'DescribeTaskDefinition', path]);
  }
});
