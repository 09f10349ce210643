import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { problemsOf as problemsOfTemplate, readTemplate } from './cloudformation.mjs';
import { problemsOf as problemsOfModule, readModule } from './terraform.mjs';

const NAMES = ['queue', 'endpoint', 'member'];
const templateOf = (name) => readTemplate(readFileSync(new URL(`${name}.yaml`, import.meta.url), 'utf8'));
const moduleOf = (name) => readModule(`terraform/${name}/main.tf`);
const [queue, endpoint, member] = NAMES.map(templateOf);

for (const name of NAMES) {
  test(`${name}.yaml passes CloudFormation's schemas, and its references lead somewhere`, () => {
    assert.deepEqual(problemsOfTemplate(templateOf(name)), []);
  });

  test(`terraform/${name} passes the provider's schema, and its references lead somewhere`, async () => {
    assert.deepEqual(problemsOfModule(await moduleOf(name)), []);
  });

  test(`${name} has the same rule in both languages`, async () => {
    const { EventPattern } = templateOf(name).Resources.Changes.Properties;
    const { resource } = await moduleOf(name);
    const [{ event_pattern: text }] = resource.aws_cloudwatch_event_rule.changes;
    // The pattern has no references, so the expression is JSON but for its keys and commas.
    const json = /jsonencode\(([\s\S]*)\)\}$/
      .exec(text)[1]
      .replace(/([\w-]+) = /g, '"$1": ')
      .replace(/"\s*"|\]\s*"/g, (gap) => gap.replace(/\s+/, ', '));
    const pattern = JSON.parse(json.replace(/,(\s*[\]}])/g, '$1'));
    assert.deepEqual(pattern, EventPattern);
  });
}

test('the three templates have the same rule', () => {
  const patterns = NAMES.map((name) => templateOf(name).Resources.Changes.Properties.EventPattern);
  for (const pattern of patterns) assert.deepEqual(pattern, patterns[0]);
});

test('a check that finds nothing wrong would find this', async () => {
  const broken = structuredClone(queue);
  broken.Resources.Events.Properties.VisibilityTimeout = '30';
  broken.Resources.Events.Properties.Retention = 1;
  delete broken.Resources.Heartbeat.Properties.Targets[0].Id;
  broken.Resources.QueuePolicy.Properties.Queues = [{ Ref: 'Queue' }];
  broken.Outputs.EventsQueue.Value = { 'Fn::GetAtt': ['Events', 'Url'] };
  assert.deepEqual(problemsOfTemplate(broken), [
    'Events.VisibilityTimeout is not of type integer',
    'Events.Retention is not a property',
    'Heartbeat.Targets[0].Id is required',
    'Queue is not declared',
    'Events.Url is not an attribute',
  ]);
  const module = await moduleOf('queue');
  const [events] = module.resource.aws_sqs_queue.events;
  events.visibility = 30;
  module.resource.aws_cloudwatch_event_target.changes[0].dead_letter_config[0].queue = 'x';
  delete module.resource.aws_cloudwatch_event_target.changes[0].arn;
  events.redrive_policy = `\${aws_sqs_queue.dead.arn}`;
  assert.deepEqual(problemsOfModule(module), [
    'aws_cloudwatch_event_target.changes.dead_letter_config.queue is not an argument',
    'aws_cloudwatch_event_target.changes.arn is required',
    'aws_sqs_queue.events.visibility is not an argument',
    'aws_sqs_queue.dead is not declared',
  ]);
});

test('every account shows each minute that its events arrive, and the queue takes what members send', async () => {
  for (const name of NAMES) {
    const { Heartbeat } = templateOf(name).Resources;
    assert.equal(Heartbeat.Properties.ScheduleExpression, 'rate(1 minute)', name);
    const { heartbeat } = (await moduleOf(name)).resource.aws_cloudwatch_event_rule;
    assert.equal(heartbeat[0].schedule_expression, 'rate(1 minute)', name);
  }
  // The member sends both rules to the same bus, with the same role.
  const [changes, heartbeat] = ['Changes', 'Heartbeat'].map((rule) => member.Resources[rule].Properties.Targets);
  assert.deepEqual(heartbeat, changes);
  const { EventPattern } = queue.Resources.MemberHeartbeats.Properties;
  const members = { Ref: 'MemberAccounts' };
  assert.deepEqual(EventPattern, { source: ['aws.events'], 'detail-type': ['Scheduled Event'], account: members });
  // The bus takes the sources of both rules of a member, and no others.
  const { Statement } = queue.Resources.Members.Properties;
  const sources = [member.Resources.Changes.Properties.EventPattern.source, EventPattern.source].flat();
  assert.deepEqual(Statement.Condition.StringEquals['events:source'], sources);
  const module = await moduleOf('queue');
  assert.match(JSON.stringify(module.resource.aws_sqs_queue_policy), /member_heartbeats\[\*\]\.arn/);
});

test('only the rules may send to the queues, and only encrypted', () => {
  const [rules, encrypted] = queue.Resources.QueuePolicy.Properties.PolicyDocument.Statement;
  assert.deepEqual(rules.Condition.ArnEquals['aws:SourceArn'], [
    { 'Fn::GetAtt': ['Changes', 'Arn'] },
    { 'Fn::GetAtt': ['Heartbeat', 'Arn'] },
    { 'Fn::If': ['HasMembers', { 'Fn::GetAtt': ['MemberHeartbeats', 'Arn'] }, { Ref: 'AWS::NoValue' }] },
  ]);
  assert.equal(rules.Principal.Service, 'events.amazonaws.com');
  assert.deepEqual([encrypted.Effect, encrypted.Condition.Bool], ['Deny', { 'aws:SecureTransport': 'false' }]);
});

test('the gateway may read its queue, and nothing else', async () => {
  const [statement, ...others] = queue.Resources.GatewayPolicy.Properties.PolicyDocument.Statement;
  assert.deepEqual(others, []);
  assert.deepEqual(statement, {
    Effect: 'Allow',
    Action: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage'],
    Resource: { 'Fn::GetAtt': ['Events', 'Arn'] },
  });
  const [{ policy }] = (await moduleOf('queue')).resource.aws_iam_policy.gateway;
  for (const action of statement.Action) assert.ok(policy.includes(`"${action}"`), action);
  assert.equal(policy.match(/sqs:/g).length, statement.Action.length);
});

test('messages that cannot be read are set aside at the fifth receipt, before the gateway deletes them at the tenth', () => {
  const { RedrivePolicy, MessageRetentionPeriod } = queue.Resources.Events.Properties;
  assert.deepEqual(RedrivePolicy, {
    deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] },
    maxReceiveCount: 5,
  });
  assert.equal(MessageRetentionPeriod, 3_600);
});

test('the secret is no plain parameter, and goes out as a bearer token', () => {
  assert.equal(endpoint.Parameters.Secret.NoEcho, true);
  assert.deepEqual(endpoint.Resources.Connection.Properties.AuthParameters.ApiKeyAuthParameters, {
    ApiKeyName: 'Authorization',
    ApiKeyValue: { 'Fn::Sub': `Bearer \${Secret}` },
  });
});
