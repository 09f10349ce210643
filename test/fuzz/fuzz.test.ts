import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { createWorld, type World } from '../support/gateway/world.ts';
import { DocumentMaker } from './documents.ts';
import { MessageMaker } from './messages.ts';
import { Random } from './random.ts';
import { tryOne } from './run.ts';

const INPUTS = 400;
const SEED = 20_261_127;

let world: World;
let url: string;
beforeAll(async () => {
  world = await createWorld({ seed: 'demo' }, { RATE_SHARE: '0' });
  ({ url } = await world.app.listen());
});
afterAll(() => world.dispose());

/** A short run of `npm run fuzz`. */
it(`answers ${INPUTS} random documents and messages as documented, with no internal error and nothing secret`, async () => {
  const random = new Random(SEED);
  const maker = new MessageMaker(random, new DocumentMaker(sharedSchema(), random));
  for (let index = 0; index < INPUTS; index += 1) expect(await tryOne(world.app, url, maker, index)).toBeUndefined();
});

it('makes the same inputs of the same seed, and others of another', () => {
  const make = (seed: number) => {
    const random = new Random(seed);
    const maker = new MessageMaker(random, new DocumentMaker(sharedSchema(), random));
    return Array.from({ length: 20 }, () => maker.body());
  };
  expect(make(1)).toEqual(make(1));
  expect(make(1)).not.toEqual(make(2));
  expect(new Set(make(1)).size).toBeGreaterThan(15);
});
