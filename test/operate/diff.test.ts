import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/gateway/world.ts';
import { operate, PLAIN_TERMINAL } from './run-operate.ts';

let world: World;
let url = '';
beforeAll(async () => {
  world = await createWorld();
  url = `${(await world.app.listen()).url}/graphql`;
  await world.data(
    'mutation { deployImages(cluster: "storefront", service: "cart", images: [{ container: "cart", image: "shop/cart:9" }]) { followCursor } }',
  );
});
afterAll(() => world.dispose());

const IMAGE = 'Container cart: image changed from registry.example.com/cart:3.8.2 to shop/cart:9.\n';

describe('ecs-graphql diff', () => {
  it.each([
    [['cart:1', 'cart:2'], IMAGE],
    [['cart:2'], IMAGE],
    [['cart:1', '--service', 'cart', '-c', 'storefront'], 'to registry.example.com/cart:3.8.2.\n'],
    [['--service', 'cart', '--cluster', 'storefront'], IMAGE],
    [['cart:1', 'cart:1'], 'No difference.\n'],
  ])('%j prints a line for each change on a terminal', async (argv, shown) => {
    world.sandbox.resetCalls();
    const { code, out, err } = await operate(url, ['diff', ...argv], { terminal: PLAIN_TERMINAL });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(shown);
    expect(Object.keys(world.sandbox.calls())).toContain('DescribeTaskDefinition');
  });

  it('prints JSON where the output is no terminal, or is asked for it', async () => {
    const piped = await operate(url, ['diff', 'cart:1', 'cart:2']);
    expect(JSON.parse(piped.out)).toMatchObject({
      from: { taskDefinitionArn: expect.stringMatching(/cart:1$/) },
      changes: [{ path: 'containers.cart.image', subject: 'IMAGE', after: 'shop/cart:9' }],
    });
    const asked = await operate(url, ['diff', 'cart:1', 'cart:2', '--json'], { terminal: PLAIN_TERMINAL });
    expect(asked).toEqual(piped);
  });

  it.each([
    [[], 'diff needs one or two task definitions'],
    [['a', 'b', 'c'], 'diff needs one or two task definitions'],
    [['a', '--cluster', 'x'], '--cluster needs --service'],
    [['a', 'b', '--service', 'x'], 'at most one task definition'],
    [['a', '--servce', 'x'], '"--servce" is not a flag. Did you mean --service?'],
    [['a', 'b', '--url', 'nowhere'], '--url nowhere is not an http or https URL'],
  ])('%j exits with 2 and the usage', async (argv, shown) => {
    const { code, out, err } = await operate(url, ['diff', ...argv]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(shown);
    expect(err).toContain('Usage: ecs-graphql diff <from> <to>');
  });

  it.each([
    [['nothing:1', 'cart:1'], 'NOT_FOUND'],
    [['nothing'], 'There is no task definition "nothing"'],
    [['cart:1'], 'There is no revision before "cart:1"'],
    [['--service', 'nobody'], 'There is no service "nobody" in cluster "default"'],
  ])('%j exits with 1 and the reason', async (argv, shown) => {
    const { code, out, err } = await operate(url, ['diff', ...argv]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(shown);
  });

  it('names the gateway that does not answer, and the code of one that refuses', async () => {
    const away = await operate('http://127.0.0.1:9/graphql', ['diff', 'cart:1', 'cart:2']);
    expect(away).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot reach the gateway at http://127.0.0.1:9'),
    });
    const wrong = await operate(`${url}x`, ['diff', 'cart:1', 'cart:2']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(/404|NOT_FOUND/) });
  });
});
