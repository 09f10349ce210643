import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveWorld } from '../live/support/live-world.ts';
import { registerInstances } from '../live/support/setting.ts';
import { type LiveApp, startLiveApp } from '../support/gateway/live-app.ts';
import { operate, PLAIN_TERMINAL } from './run-operate.ts';

let app: LiveApp;
beforeEach(async () => {
  app = await startLiveApp();
  await app.register('shop/web:1');
  await app.createService();
  pass(300_000);
  app.world.sandbox.resetCalls();
});
afterEach(() => app[Symbol.asyncDispose]());

const pass = (ms: number) => app.world.sandbox.clock.advance(ms);
const writes = () =>
  Object.fromEntries(
    Object.entries(app.world.sandbox.calls()).filter(([operation]) => !/^(List|Describe|Get)/.test(operation)),
  );
const terminal = PLAIN_TERMINAL;

/** A gateway of which every answer to a mutation that writes is lost on the way back. */
async function losingAnswers() {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const answer = await fetch(app.url, { method: 'POST', headers, body });
    const text = await answer.text();
    if ((JSON.parse(body) as { variables: { dryRun: boolean } }).variables.dryRun) response.end(text);
    else request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/** The flags that a command prints to be sent again with. */
const flagsIn = (err: string) => /again with (.+) \(to the same/.exec(err)?.[1]?.split(' ') ?? [];

describe('a rollback that was agreed to', () => {
  beforeEach(async () => {
    await operate(app.url, ['deploy', 'web', 'shop/web:2', '-c', 'prod', '--no-wait']);
    pass(600_000);
    app.world.sandbox.resetCalls();
  });
  const argv = ['rollback', 'web', '-c', 'prod', '--no-wait'];
  const yes = () => Promise.resolve(true);

  it('is the same mutation when the command is sent again with its key', async () => {
    const keyed = [...argv, '--key', 'k'];
    expect(await operate(app.url, keyed, { ask: yes, terminal })).toMatchObject({ code: 0 });
    pass(600_000);
    const again = await operate(app.url, keyed, { ask: yes, terminal });
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('taskDefinition: web:2 -> web:1') });
    expect(await operate(app.url, [...keyed, '--yes'], { terminal })).toMatchObject({ code: 0 });
    expect(writes()).toEqual({ UpdateService: 1 });
  });

  it('says all flags that the same mutation needs if its answer is lost', async () => {
    await using lossy = await losingAnswers();
    const lost = await operate(lossy.url, argv, { ask: yes, terminal });
    expect(lost.code).toBe(1);
    const flags = flagsIn(lost.err);
    expect(flags).toEqual(['--key', expect.any(String), '--expected-revision', '2', '--yes']);
    pass(600_000);
    const again = await operate(app.url, [...argv, ...flags], { terminal });
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('taskDefinition: web:2 -> web:1') });
    expect(writes()).toEqual({ UpdateService: 1 });
  });
});

describe('a command of several mutations', () => {
  it('goes on with the key that it prints if an answer is lost', async () => {
    for (let index = 2; index < 14; index += 1) await app.register(`shop/web:${index}`);
    app.world.sandbox.resetCalls();
    await using lossy = await losingAnswers();
    const argv = ['clean-up', 'web', '--keep', '1', '--yes'];
    const lost = await operate(lossy.url, argv, { terminal });
    expect(lost.code).toBe(1);
    const { DeregisterTaskDefinition: removed } = writes();
    expect(removed).toBeGreaterThan(0);
    const flags = flagsIn(lost.err);
    expect(flags).toEqual(['--key', expect.any(String)]);
    const again = await operate(app.url, [...argv, ...flags], { terminal });
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('web:2: inactive') });
    expect(writes()).toEqual({ DeregisterTaskDefinition: 11 });
  });
});

describe('ecs-graphql replace-instances', () => {
  it('prints the kinds to ignore with the token to go on with', async () => {
    const registered = await registerInstances(app as unknown as LiveWorld, 2);
    expect(registered).toHaveLength(2);
    app.world.sandbox.resetCalls();
    const argv = ['replace-instances', '-c', 'prod', '--min-active', '99', '--ignore', 'no-room', '--yes'];
    const wait = () => Promise.reject(new Error('interrupted'));
    const { code, err } = await operate(app.url, argv, { terminal, wait });
    expect(code).toBe(130);
    expect(err).toMatch(/^To go on: ecs-graphql replace-instances --continue-with \S+ --ignore no-room\n$/);
    expect(writes()).toEqual({});
  });
});

describe('wrong input is refused before anything is sent', () => {
  it.each([
    [['deploy', 'web', 'app=', '-c', 'prod'], 'deploy needs an image, not "app="'],
    [['deploy', 'web', '', '-c', 'prod'], 'deploy needs an image, not ""'],
    [['deploy', 'web', 'app=a:1', 'app=b:1', '-c', 'prod'], 'app gets two images: a:1, b:1'],
    [['deploy', 'web', '--cpu', 'app=1', '--cpu', 'app=2', '-c', 'prod'], '--cpu is given twice for app'],
    [['run', '--service', 'web', '-c', 'prod', '--subnets', ''], '--subnets must be ids'],
    [['run', '--service', 'web', '-c', 'prod', '--subnets', 'a', '--security-groups', 'b,'], '--security-groups must'],
    [['scale', 'web', '1000000', '-c', 'prod'], 'from 0 to 999999, not 1000000'],
  ])('%j', async (argv, shown) => {
    const { code, out, err } = await operate(app.url, argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(shown);
    expect(app.world.sandbox.calls()).toEqual({});
  });
});
