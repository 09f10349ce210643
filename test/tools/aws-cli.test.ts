import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateServiceCommand, DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK, registerTaskDefinition, withCluster } from '../sandbox/support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../sandbox/support/start-sandbox.ts';
import { awsEnvironment, outputOf, type Ran, runTool, titleOf } from './support/tools.ts';

const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef';
const CONTAINER = { name: 'app', image: 'web:2', portMappings: [{ containerPort: 80 }] };

function aws({ sandbox }: SandboxUnderTest, ...args: string[]): Promise<Ran> {
  // Older releases know no AWS_ENDPOINT_URL; of `ecs deploy` those call CodeDeploy at AWS only.
  return runTool('aws', ['--output', 'json', ...args], { env: awsEnvironment(sandbox.url) });
}

/** The release of the CLI, as its major and minor number. Undefined without a CLI that runs. */
const [, major, minor] = /aws-cli\/(\d+)\.(\d+)/.exec(outputOf('aws', '--version')) ?? [];

function isAtLeast(minorOf1: number, minorOf2: number): boolean {
  return Number(minor) >= (major === '1' ? minorOf1 : minorOf2);
}

/** Whether the CLI finds every service at AWS_ENDPOINT_URL: since 1.29 and 2.13. */
const knowsEndpoint = isAtLeast(29, 13);
/** Whether the CLI calls SQS in JSON: the releases after November 2023. */
const speaksJson = isAtLeast(30, 14);

async function withService(s: SandboxUnderTest, deploymentController: 'CODE_DEPLOY' | 'ECS'): Promise<void> {
  await withCluster(s);
  await registerTaskDefinition(s, { fargate: true, container: { portMappings: [{ containerPort: 80 }] } });
  await s.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 2,
      launchType: 'FARGATE',
      deploymentController: { type: deploymentController },
      networkConfiguration: NETWORK,
      loadBalancers: [{ targetGroupArn: GROUP, containerName: 'app', containerPort: 80 }],
    }),
  );
  s.sandbox.clock.advance(300_000);
}

describe.skipIf(!knowsEndpoint)(
  titleOf('the AWS CLI on services beside ECS', knowsEndpoint, 'no `aws` that reads AWS_ENDPOINT_URL'),
  () => {
    it('deploys by CodeDeploy to the end', { timeout: 120_000 }, async () => {
      await using s = await withSandbox();
      await withService(s, 'CODE_DEPLOY');
      const folder = await mkdtemp(join(tmpdir(), 'deploy-'));
      try {
        const [definition, appSpec] = [join(folder, 'definition.json'), join(folder, 'appspec.yaml')];
        const fargate = { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512' };
        await writeFile(definition, JSON.stringify({ family: 'web', containerDefinitions: [CONTAINER], ...fargate }));
        await writeFile(
          appSpec,
          'version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        TaskDefinition: "<it>"\n        LoadBalancerInfo:\n          ContainerName: app\n          ContainerPort: 80\n',
        );
        // So fast that the deployment is over when the CLI first looks: it looks again after 15 seconds only.
        s.sandbox.clock.resume(100_000);
        const files = ['--task-definition', definition, '--codedeploy-appspec', appSpec];
        const { code, stdout, stderr } = await aws(
          s,
          'ecs',
          'deploy',
          '--cluster',
          'main',
          '--service',
          'web',
          ...files,
        );
        expect([code, stderr]).toEqual([0, '']);
        expect(stdout).toMatch(/Successfully deployed .*task-definition\/web:2 to service 'web'/);
        const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
        expect(services?.[0]?.taskSets).toMatchObject([
          { status: 'PRIMARY', taskDefinition: expect.stringMatching(/web:2$/) },
        ]);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('says who it is, assumes a role, and registers a scalable target', { timeout: 120_000 }, async () => {
      await using s = await withSandbox();
      await withService(s, 'ECS');
      const target = [
        '--service-namespace',
        'ecs',
        '--resource-id',
        'service/main/web',
        '--scalable-dimension',
        'ecs:service:DesiredCount',
      ];
      const role = 'arn:aws:iam::210987654321:role/ci';
      const [identity, assumed, registered] = await Promise.all([
        aws(s, 'sts', 'get-caller-identity'),
        aws(s, 'sts', 'assume-role', '--role-arn', role, '--role-session-name', 'ci'),
        aws(
          s,
          'application-autoscaling',
          'register-scalable-target',
          ...target,
          '--min-capacity',
          '1',
          '--max-capacity',
          '4',
        ),
      ]);
      expect(JSON.parse(identity.stdout)).toMatchObject({ Account: '123456789012' });
      expect(JSON.parse(assumed.stdout)).toMatchObject({
        AssumedRoleUser: { Arn: 'arn:aws:sts::210987654321:assumed-role/ci/ci' },
      });
      expect(registered.code).toBe(0);
      // Each speaks another protocol, and the CLI reads the error in each.
      const [query, restJson, restXml, json] = await Promise.all([
        aws(s, 'iam', 'list-roles'),
        aws(s, 'lambda', 'list-functions'),
        aws(s, 'route53', 'list-hosted-zones'),
        aws(s, 'dynamodb', 'list-tables'),
      ]);
      for (const { code, stderr } of [query, restJson, restXml, json]) {
        expect(code).toBeGreaterThan(0);
        expect(stderr).toMatch(
          /An error occurred \((InvalidAction|UnknownOperationException)\) when calling .*The sandbox simulates Amazon ECS/,
        );
      }
    });
  },
);

describe.skipIf(!speaksJson)(titleOf('the AWS CLI on events', speaksJson, 'no `aws` that calls SQS in JSON'), () => {
  it('sends the events of ECS to a queue, and reads and deletes them', { timeout: 120_000 }, async () => {
    await using s = await withSandbox();
    // Version 1 reads AWS_ENDPOINT_URL for other services than SQS only.
    const call = async (...args: string[]) => {
      const { code, stdout, stderr } = await aws(s, '--endpoint-url', s.sandbox.url, ...args);
      expect([code, stderr]).toEqual([0, '']);
      return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
    };
    const { QueueUrl } = (await call('sqs', 'create-queue', '--queue-name', 'events')) as { QueueUrl: string };
    await call('events', 'put-rule', '--name', 'ecs', '--event-pattern', '{"source":["aws.ecs"]}');
    const target = 'Id=queue,Arn=arn:aws:sqs:eu-west-1:123456789012:events';
    expect(await call('events', 'put-targets', '--rule', 'ecs', '--targets', target)).toEqual({
      FailedEntryCount: 0,
      FailedEntries: [],
    });
    await withService(s, 'ECS');
    const queue = ['--queue-url', QueueUrl];
    const { Messages = [] } = (await call('sqs', 'receive-message', ...queue, '--max-number-of-messages', '10')) as {
      Messages?: { Body: string; ReceiptHandle: string }[];
    };
    expect(Messages).toHaveLength(9);
    expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({ version: '0', source: 'aws.ecs' });
    await call('sqs', 'delete-message', ...queue, '--receipt-handle', Messages[0]?.ReceiptHandle ?? '');
    const attributes = ['--attribute-names', 'ApproximateNumberOfMessagesNotVisible'];
    expect(await call('sqs', 'get-queue-attributes', ...queue, ...attributes)).toEqual({
      Attributes: { ApproximateNumberOfMessagesNotVisible: '8' },
    });
  });
});
