import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { synthesize } from './synthesize.mjs';

const template = synthesize();
const resources = (type) =>
  Object.values(template.Resources)
    .filter((each) => each.Type === type)
    .map((each) => each.Properties);

test('prints the committed template', () => {
  const committed = JSON.parse(readFileSync(new URL('gateway.template.json', import.meta.url), 'utf8'));
  assert.deepEqual(template, committed);
});

test('gives the task role reads, and writes only on demand', () => {
  const policies = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::IAM::Policy');
  const ofEcs = policies.flatMap(({ Condition, Properties }) =>
    Properties.PolicyDocument.Statement.filter(({ Action }) =>
      [Action].flat().some((action) => action.startsWith('ecs:')),
    ).map(({ Action }) => ({ Condition, Action })),
  );
  assert.deepEqual(
    ofEcs.filter(({ Condition }) => Condition === undefined).flatMap(({ Action }) => Action),
    ['ecs:Describe*', 'ecs:Get*', 'ecs:List*'],
  );
  assert.equal(ofEcs.filter(({ Condition }) => Condition === 'MayOperate').length, 1);
  assert.equal(
    policies.some(({ Properties }) => JSON.stringify(Properties).includes('"*:*"')),
    false,
  );
});

test('runs without a writable file system, with the token as a secret, and lets requests end', () => {
  const [{ ContainerDefinitions }] = resources('AWS::ECS::TaskDefinition');
  const [container] = ContainerDefinitions;
  assert.equal(container.ReadonlyRootFilesystem, true);
  assert.equal(container.StopTimeout, 45);
  assert.deepEqual(
    container.Secrets.map(({ Name }) => Name),
    ['ECS_GRAPHQL_TOKEN'],
  );
  const [group] = resources('AWS::ElasticLoadBalancingV2::TargetGroup');
  assert.equal(group.HealthCheckPath, '/readyz');
  assert.deepEqual(
    resources('AWS::ElasticLoadBalancingV2::LoadBalancer').map(({ Scheme }) => Scheme),
    ['internal'],
  );
});
