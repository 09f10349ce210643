import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { OPERATIONS } from '../../src/ecs/core/operations.ts';
import { runCommand } from '../support/programs/run-cli.ts';

const run = (...argv: string[]) => runCommand(argv);

const CART = 'arn:aws:ecs:eu-west-1:111122223333:service/shop/cart';

it('`policy check` validates, decides and explains', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'policies-'));
  const file = join(folder, 'mine.cedar');
  await writeFile(
    file,
    '@id("frozen") forbid(principal, action in Ecs::Action::"deploy", resource) when { resource.hasTag("frozen") };',
  );
  const check = (...more: string[]) => run('policy', 'check', '--policies', `roles,${file}`, ...more);
  expect(await check()).toMatchObject({ code: 0, out: expect.stringContaining('frozen') });
  const update = ['--action', 'UpdateService', '--resource', CART];
  expect((await check(...update, '--roles', 'deployer')).out).toContain('ALLOW: deployer');
  expect(await check(...update, '--roles', 'deployer', '--tags', 'frozen=yes')).toMatchObject({
    code: 1,
    out: expect.stringContaining('DENY: frozen'),
  });
  expect((await check(...update, '--roles', 'operator', '--fields', 'desiredCount,service')).code).toBe(0);
  expect((await check(...update, '--roles', 'operator', '--fields', 'taskDefinition')).out).toContain(
    'no policy allows it',
  );
  expect((await check('--action', 'CreateCluster', '--resource', CART, '--roles', 'admin')).code).toBe(0);
  await writeFile(file, 'permit(principal, action == Ecs::Action::"Fly", resource);');
  expect(await check()).toMatchObject({ code: 2, err: expect.stringContaining('unrecognized action') });
  expect(await check('--action', 'Fly')).toMatchObject({ code: 2 });
  expect(await run('policy')).toMatchObject({ code: 2, err: expect.stringContaining('"check"') });
  expect(await run('policy', 'check')).toMatchObject({ code: 2, err: expect.stringContaining('--policies is needed') });
  await rm(folder, { recursive: true });
});

it('`iam-policy` prints the operations that are needed, and no others', async () => {
  const actionsOf = async (...argv: string[]) =>
    (JSON.parse((await run('iam-policy', ...argv)).out) as { Statement: [{ Action: string[] }] }).Statement[0].Action;
  const named = (names: string[]) => names.map((name) => `ecs:${name}`).sort();
  expect(await actionsOf()).toEqual(named(Object.keys(OPERATIONS)));
  const reads = Object.entries(OPERATIONS).flatMap(([name, { kind }]) => (kind === 'read' ? [name] : []));
  expect(await actionsOf('--read-only')).toEqual(named([...reads, 'DiscoverPollEndpoint']));
  const folder = await mkdtemp(join(tmpdir(), 'policies-'));
  const file = join(folder, 'mine.cedar');
  await writeFile(
    file,
    'permit(principal, action == Ecs::Action::"StopTask", resource) when { resource.hasTag("x") };',
  );
  expect(await actionsOf('--policies', file)).toEqual(named(['DescribeClusters', 'ListTagsForResource', 'StopTask']));
  expect(await actionsOf('--policies', file, '--read-only')).toEqual(
    named(['DescribeClusters', 'ListTagsForResource']),
  );
  await rm(folder, { recursive: true });
});

it('`iam-policy` adds what reading the queues of events needs, for these queues alone', async () => {
  const queue = 'https://sqs.eu-west-1.amazonaws.com/111122223333/ecs-events';
  const statements = async (...argv: string[]) =>
    (JSON.parse((await run('iam-policy', '--read-only', ...argv)).out) as { Statement: object[] }).Statement;
  expect(await statements()).toHaveLength(1);
  expect((await statements('--events-queue', queue))[1]).toEqual({
    Effect: 'Allow',
    Action: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage'],
    Resource: ['arn:aws:sqs:eu-west-1:111122223333:ecs-events'],
  });
  expect(await run('iam-policy', '--events-queue', 'ecs-events')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--events-queue (EVENTS_QUEUE) must be an https or http URL'),
  });
});

it('`iam-policy` adds the roles that the gateway itself assumes, and not those behind them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scopes-'));
  const file = join(folder, 'scopes.json');
  const role = (account: string, more: object = {}) => ({ role: `arn:aws:iam::${account}:role/read`, ...more });
  const scopes = [
    {
      alias: 'hub',
      account: '111111111111',
      regions: ['eu-west-1'],
      credentials: role('111111111111', { tags: { a: 'b' } }),
    },
    {
      alias: 'spoke',
      account: '222222222222',
      regions: ['eu-west-1'],
      credentials: role('222222222222', { from: 'hub' }),
    },
    { alias: 'own', account: '333333333333', regions: ['eu-west-1'] },
  ];
  await writeFile(file, JSON.stringify({ scopes }));
  const { Statement } = JSON.parse((await run('iam-policy', '--scopes', file)).out) as { Statement: object[] };
  expect(Statement[1]).toEqual({
    Effect: 'Allow',
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Resource: ['arn:aws:iam::111111111111:role/read'],
  });
  await writeFile(file, '{}');
  expect(await run('iam-policy', '--scopes', file)).toMatchObject({
    code: 2,
    err: expect.stringContaining('--scopes (SCOPES)'),
  });
  await rm(folder, { recursive: true });
});
