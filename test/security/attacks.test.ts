import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPolicedWorld, type PolicedWorld } from '../policy/support/policy-world.ts';

const CART = 'arn:aws:ecs:eu-west-1:123456789012:service/storefront/cart';
const MARK = 'CANARY';
let policed: PolicedWorld;
beforeAll(async () => {
  policed = await createPolicedWorld(`@id("one-writes")
permit (principal in Ecs::Role::"one", action in [Ecs::Action::"UpdateService", Ecs::Action::"RegisterTaskDefinition"], resource);
@id("two-reads-and-deploys")
permit (principal in Ecs::Role::"two", action in [Ecs::Action::"read", Ecs::Action::"deploy"], resource);`);
  const container = `{ name: "app", image: "shop/marked:1", memory: 64, command: ["${MARK}"], environment: [{ name: "E", value: "${MARK}" }],
    dockerLabels: { label: "${MARK}" }, logConfiguration: { logDriver: SPLUNK, options: { token: "${MARK}" } } }`;
  const { errors } = await policed.as(
    'admin',
    `mutation {
      registerTaskDefinition(input: { family: "marked", containerDefinitions: [${container}] }) { __typename }
      createService(input: { cluster: "storefront", serviceName: "marked", taskDefinition: "marked", desiredCount: 1 }) { __typename }
    }`,
  );
  expect(errors).toBeUndefined();
});
afterAll(() => policed[Symbol.asyncDispose]());

describe('a caller who may write and not read', () => {
  it.each([
    'scaleService(service: "cart", cluster: "storefront", desiredCount: 1, expectedDesiredCount: 99)',
    'scaleService(service: "cart", cluster: "storefront", desiredCount: 1, dryRun: true)',
    'deployImages(service: "cart", cluster: "storefront", images: [{ container: "x", image: "y" }])',
    'deployImages(service: "cart", cluster: "storefront", images: [{ container: "x", image: "y" }], dryRun: true)',
  ])('learns nothing by %s', async (mutation) => {
    const { data, errors, calls } = await policed.as('one', `mutation { ${mutation} { plan { input } } }`);
    expect(Object.values(data ?? {})).toEqual([null]);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', action: 'DescribeServices', resource: CART } }]);
    expect(calls.UpdateService ?? calls.RegisterTaskDefinition).toBeUndefined();
  });
});

describe('a caller who may deploy and not see secrets', () => {
  it.each([
    '{ search(text: "CANARY") { nodes { name } } }',
    '{ secretUsage(valueFrom: "CANARY") { taskDefinitions(family: "marked") { nodes { id } } } }',
    '{ taskDefinition(taskDefinition: "marked") { ...All } }',
    '{ a: taskDefinition(taskDefinition: "marked:1") { ...All } b: taskDefinitions(family: "marked") { nodes { ...All } } }',
    '{ service(cluster: "storefront", service: "marked") { taskDefinition { ...All } tasks { nodes { overrides { containerOverrides { command environment { value } } } taskDefinition { ...All } } } } }',
    'mutation { deployImages(service: "marked", cluster: "storefront", images: [{ container: "app", image: "y" }], dryRun: true) { plan { input changes { before after } } } }',
    'mutation { deployImages(service: "marked", cluster: "storefront", images: [{ container: "app", image: "y" }]) { plan { input } taskDefinition { ...All } } }',
  ])('finds none by %s', async (operation) => {
    const fragment = operation.includes('...All')
      ? 'fragment All on TaskDefinition { containerDefinitions { name command environment { name value } dockerLabels logConfiguration { options } } }'
      : '';
    const answer = await policed.as('two', `${operation} ${fragment}`);
    expect(answer.errors).toBeUndefined();
    // Sought texts are repeated by nothing but the question.
    expect(JSON.stringify(answer)).not.toContain(MARK);
    const seen = await policed.as('admin', `${operation.replace('"y"', '"z"')} ${fragment}`);
    if (operation.includes('...All')) expect(JSON.stringify(seen)).toContain(MARK);
  });
});
