import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATE_COMMANDS } from '../../src/operate/index.ts';
import { watch } from '../../src/watch/index.ts';
import { createWorld, type World } from '../support/gateway/world.ts';
import { operate, PLAIN_TERMINAL } from './run-operate.ts';

/** Nothing listens there: a command that sends something ends with 1. */
const NOWHERE = 'http://127.0.0.1:9/graphql';

describe('a wrong command line exits with 2, and sends nothing', () => {
  it.each(Object.keys(OPERATE_COMMANDS))('%s: an unknown flag', async (name) => {
    const { code, out, err } = await operate(NOWHERE, [name, '--clustre', 'x']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('"--clustre" is not a flag');
    expect(err).toContain(`Usage: ecs-graphql ${name}`);
  });

  // Without words, replace-instances means all instances.
  it.each(Object.keys(OPERATE_COMMANDS).filter((name) => name !== 'replace-instances'))(
    '%s: without its words',
    async (name) => {
      expect(await operate(NOWHERE, [name])).toMatchObject({ code: 2, out: '' });
    },
  );

  it.each([
    [['deploy', 'cart'], 'deploy needs an image, or another change'],
    [['deploy', 'cart', 'cart='], 'deploy needs an image, not "cart="'],
    [['deploy', 'cart', '--env', 'X=1'], '--env X=1 is not <container>.<NAME>=<value>'],
    [['deploy', 'cart', '--remove-env', 'X'], '--remove-env X is not <container>.<NAME>'],
    [['deploy', 'cart', '--cpu', 'cart=many'], '--cpu'],
    [['deploy', 'cart', '--memory', '512'], '--memory'],
    [['deploy', 'cart', 'cart=a:1', '--expected-revision', '-1'], '--expected-revision must be a whole number'],
    [['deploy', 'cart', 'cart=a:1', '--timeout', 'soon'], '--timeout must be a duration of at most 31 days'],
    [['restart', 'cart', 'other'], 'restart needs one service'],
    [['restart', 'cart', '--timeout=40d'], '--timeout must be a duration of at most 31 days'],
    [['rollback', 'cart', '--expected-revision=x', '--yes'], '--expected-revision must be a whole number'],
    [['scale', 'cart', '-1'], '"-1" is not a flag'],
    [['scale', 'cart', '--', '-1'], 'scale needs one service'],
    [['scale', 'cart', '2', '--expected', '-3'], '--expected must be a whole number from 0 to 999999, not -3'],
    [['run', 'job', '--count', '-1'], '--count must be a whole number'],
    [['run', 'job', '--launch-type', 'LAMBDA'], '--launch-type must be one of EC2, FARGATE, EXTERNAL, not LAMBDA'],
    [['run', 'job', '--subnets', 'a,,b'], '--subnets must be ids'],
    [['run', 'job', '--public-ip'], '--security-groups and --public-ip need --subnets'],
    [['run', 'job', '--env', 'X'], '--env X is not <NAME>=<value>'],
    [['clean-up', 'cart', '--keep', '-1'], '--keep must be a whole number from 0 to 999999, not -1'],
    [['clean-up', 'cart', '--keep=many'], '--keep must be a whole number from 0 to 999999, not many'],
    [['replace-instances', '--ignore', 'no-rom'], 'not no-rom. Did you mean no-room?'],
    [['replace-instances', '--wave-size', '-1'], '--wave-size must be a whole number'],
    [['replace-instances', '--min-active', 'x'], '--min-active must be a whole number'],
    [['replace-instances', '--continue-with', 'x', '--cluster', 'prod'], '--continue-with already holds the instances'],
    [['preview', 'scale', 'cart', '2', '--horizon', '2d'], '--horizon must be a duration of 1 minute to 24 hours'],
    [['preview', 'scale', 'cart', '2', '--horizon', '30s'], '--horizon must be a duration of 1 minute to 24 hours'],
    [['preview', 'scale', 'cart', '2', '--horizon', 'P40D'], '--horizon must be a duration of 1 minute to 24 hours'],
    [['preview', 'deploy', 'cart', '--desired-count', '-2'], '--desired-count must be a whole number, not -2'],
    [['diff', 'cart', '--cluster', 'prod'], '--cluster needs --service'],
  ])('%j', async (argv, problem) => {
    const { code, out, err } = await operate(NOWHERE, argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(problem);
  });
});

describe('a gateway', () => {
  let world: World;
  let url = '';
  beforeAll(async () => {
    world = await createWorld();
    url = `${(await world.app.listen()).url}/graphql`;
  });
  afterAll(() => world.dispose());
  const writes = () => Object.keys(world.sandbox.calls()).filter((name) => !/^(List|Describe|Get)/.test(name));

  it.each([
    [['deploy', 'cart', 'other=shop/cart:2', '-c', 'storefront'], 'is not a container of cart:1'],
    [['run', '--service', 'cart', '-c', 'storefront', '--count', '11'], 'it must be from 1 to 10'],
    [['clean-up', 'cart', 'cart', '--yes'], 'is named twice'],
    [['replace-instances', '--continue-with', 'x', '--yes'], '`continueWith` of an earlier answer'],
    [['replace-instances', '-c', 'platform', '--wave-size', '51', '--yes'], 'must be from 1 to 50, not 51'],
    [['preview', 'drain', ''], 'must not be empty'],
    [['restart', 'a b'], 'is neither an id, nor a name'],
  ])('refuses an argument, and the command exits with 2: %j', async (argv, problem) => {
    const { code, out, err } = await operate(url, argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(problem);
    expect(err).toContain('(BAD_USER_INPUT)');
    expect(writes()).toEqual([]);
  });

  it.each([
    ['deployment', 'a b'],
    ['task', 'a b'],
    ['drain', 'a b'],
  ])('refuses what watch %s names, and it exits with 2', async (kind, named) => {
    let err = '';
    const host = {
      env: { ECS_GRAPHQL_URL: url },
      out: () => undefined,
      err: (text: string) => {
        err += text;
      },
      onStop: () => () => undefined,
    };
    expect(await watch([kind, named], host)).toBe(2);
    expect(err).toContain('(BAD_USER_INPUT)');
  });

  const ID = '0'.repeat(32);
  it.each([
    [['diff', 'nothing'], 'There is no task definition "nothing". (NOT_FOUND)'],
    [['diff', 'nothing', 'cart'], 'There is no task definition "nothing". (NOT_FOUND)'],
    [['diff', 'cart:1'], 'There is no revision before "cart:1". (NOT_FOUND)'],
    [['diff', '--service', 'nothing'], 'There is no service "nothing" in cluster "default". (NOT_FOUND)'],
    [['diff', 'cart', '--service', 'nothing'], 'There is no service "nothing" in cluster "default". (NOT_FOUND)'],
    [['deploy', 'nothing', 'shop/cart:2'], 'There is no service "nothing" in cluster "default". (NOT_FOUND)'],
    [['restart', 'nothing'], 'There is no service "nothing" in cluster "default". (NOT_FOUND)'],
    [['rollback', 'nothing', '--yes'], 'There is no service "nothing" in cluster "default". (NOT_FOUND)'],
    [['scale', 'nothing', '2'], 'There is no service "nothing" in cluster "default". (NOT_FOUND)'],
    [['run', '--service', 'nothing', '--', 'x'], 'There is no service "nothing"'],
    [['run', 'nothing', '--', 'x'], 'There is no task definition "nothing". (NOT_FOUND)'],
    [['clean-up', 'nothing', '--yes'], 'There is no task definition family "nothing". (NOT_FOUND)'],
    [['preview', 'drain', ID], `There is no container instance "${ID}" in cluster "default". (NOT_FOUND)`],
    [['preview', 'loss', '--zone', 'x', '-c', 'nothing'], 'There is no cluster "nothing". (NOT_FOUND)'],
    [['replace-instances', ID, '--yes'], `There is no container instance "${ID}" in cluster "default". (NOT_FOUND)`],
    [['replace-instances', '-c', 'nothing', '--yes'], '(NOT_FOUND)'],
  ])('does not know what a command names: exit code 1, with the code: %j', async (argv, problem) => {
    const { code, out, err } = await operate(url, argv);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(problem);
    expect(err).toContain('(NOT_FOUND)');
    expect(writes()).toEqual([]);
  });

  it.each([
    ['preview', 'drain', 'i-0abc'],
    ['preview', 'loss', 'i-0abc'],
    ['replace-instances', 'i-0abc', '--yes'],
  ])('repeats an id that cannot be one: %s', async (...argv) => {
    const { code, err } = await operate(url, argv);
    expect(code).toBe(1);
    expect(err).toContain('(named "i-0abc").');
  });

  it('shows which revisions a rollback passes over', async () => {
    for (const tag of [2, 3]) {
      await operate(url, ['deploy', 'cart', `registry.example.com/cart:${tag}`, '-c', 'storefront', '--no-wait']);
      world.sandbox.clock.advance(1_800_000);
    }
    await world.data(
      'mutation { deregisterTaskDefinition(input: { taskDefinition: "cart:2" }) { taskDefinition { status } } }',
    );
    const argv = ['rollback', 'cart', '-c', 'storefront', '--dry-run'];
    expect(await operate(url, argv, { terminal: PLAIN_TERMINAL })).toEqual({
      code: 0,
      out: 'Passed over: cart:2 was deregistered.\nUpdateService\n  taskDefinition: cart:3 -> cart:1\n',
      err: '',
    });
  });
});
