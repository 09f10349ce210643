import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationName } from '../../src/schema/generated/types.ts';
import { fieldName, payloadTypeName } from '../../src/schema/sdk-types/type-names.ts';
import { createPacking } from '../../src/shared/packing.ts';
import { everyOperation, isRead, OPERATIONS, selectAll } from '../schema/support/every-operation.ts';
import { HAS_REDIS, RedisServer, withRedis } from '../support/programs/redis-server.ts';
import { toVariable } from './support/canary-documents.ts';
import { Canaries, marksIn, PLAIN, SECRET } from './support/canary-shapes.ts';
import { type CanaryWorld, createCanaryWorld, Refusal, ROLES, type Role } from './support/canary-world.ts';
import { redisTexts } from './support/redis-texts.ts';

const schema = everyOperation();
/** No union has more members. */
const VARIANTS = 3;

const key = randomBytes(32);
let redis: RedisServer | undefined;
let world: CanaryWorld;
let count = 0;
beforeAll(async () => {
  redis = HAS_REDIS ? await RedisServer.start() : undefined;
  const shared = redis && { SHARED: redis.url, SHARED_ENCRYPTION_KEYS: key.toString('base64') };
  world = await createCanaryWorld(schema, shared);
  // From the first operation on it is known whose ECS this is.
  world.answer = () => ({ clusters: [{ clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/default' }] });
  await world.query('admin', '{ __typename }');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await redis?.kill();
});

/** An operation with a mark in every string of its input. */
function documentOf(operation: OperationName, variant: number) {
  const canaries = new Canaries('in', variant);
  const name = fieldName(operation);
  const read = isRead(operation);
  const root = read ? schema.getQueryType() : schema.getMutationType();
  const field = root?.getFields()[name];
  if (field === undefined) throw new Error(`no field ${name}`);
  const input = canaries.of(operation);
  const given: Record<string, unknown> = read ? input : { input };
  // Its result is kept, in Redis too.
  count += 1;
  if (!read) given.idempotencyKey = `key-${count}`;
  const args = field.args.filter((arg) => arg.name in given);
  const brackets = (text: string) => (text === '' ? '' : `(${text})`);
  const query = `${read ? 'query' : 'mutation'} ${brackets(args.map((arg) => `$${arg.name}: ${arg.type}`).join(', '))} {
    ${name}${brackets(args.map((arg) => `${arg.name}: $${arg.name}`).join(', '))}${selectAll(schema, payloadTypeName(operation))} }`;
  const variables = Object.fromEntries(args.map((arg) => [arg.name, toVariable(arg.type, given[arg.name])]));
  return { query, variables, planted: canaries.planted };
}

/** The answer to an operation, and the marks that ECS's answer had. */
async function run(role: Role, operation: OperationName, variant: number) {
  const { query, variables, planted: sent } = documentOf(operation, variant);
  const canaries = new Canaries('out', variant);
  const output = canaries.of(operation);
  world.answer = (called) => (called === operation ? output : {});
  const text = await world.query(role, query, variables);
  // The plan of a mutation shows its input.
  const planted = [...canaries.planted, ...(isRead(operation) ? [] : sent)];
  return { text, planted: planted.filter((mark) => mark.startsWith(SECRET)) };
}

describe.each(OPERATIONS)('%s, with a mark in every string', (operation) => {
  it('shows no secret to a caller without the action, and each to one with it', async () => {
    for (let variant = 0; variant < VARIANTS; variant += 1) {
      const seen = await run('admin', operation, variant);
      expect(JSON.parse(seen.text)).not.toHaveProperty('errors');
      expect([...marksIn(seen.text, SECRET)].sort()).toEqual([...new Set(seen.planted)].sort());
      const { text, planted } = await run('reader', operation, variant);
      expect(marksIn(text, SECRET)).toEqual(new Set());
      // All else is shown to both, names of what is hidden included.
      expect(marksIn(text, PLAIN)).toEqual(marksIn(seen.text, PLAIN));
      const { extensions } = JSON.parse(text) as { extensions: { masked?: object } };
      const shownBy = { masked: { kinds: expect.any(Array), shownBy: 'ReadSecrets' } };
      expect(extensions).toMatchObject(planted.length > 0 ? shownBy : {});
      expect('masked' in extensions).toBe(planted.length > 0);
    }
  });

  it('repeats no secret of the input when ECS does', async () => {
    const { query, variables, planted } = documentOf(operation, 0);
    for (const role of ROLES) {
      let sent = '';
      world.answer = (_called, input) => {
        sent = JSON.stringify(input);
        throw new Refusal(`Invalid: ${sent}`);
      };
      const text = await world.query(role, query, variables, true);
      expect(text).toContain('INVALID_PARAMETER');
      expect(marksIn(sent, SECRET)).toEqual(new Set(planted.filter((mark) => mark.startsWith(SECRET))));
      expect(marksIn(text, SECRET)).toEqual(new Set());
    }
  });
});

describe('log, audit log, metrics, traces and history of all that', () => {
  it('hold no secret', async () => {
    const written = await world.written();
    expect(written.match(/"decision":"ALLOW"/g)?.length).toBeGreaterThan(300);
    expect(written).toContain('ecs_graphql_');
    expect(written.match(/"span":"/g)?.length).toBeGreaterThan(300);
    expect(written).toContain('SQLite format 3');
    expect(marksIn(written, PLAIN).size).toBeGreaterThan(100);
    expect(marksIn(written, SECRET)).toEqual(new Set());
  });
});

describe.runIf(HAS_REDIS)(withRedis('the Redis that replicas share'), () => {
  it('holds secrets in encrypted texts only, which a replica without the key cannot read', async () => {
    const texts = await redisTexts(redis?.url ?? '');
    const [withKey, without] = [createPacking([key]), createPacking([])];
    const readable = texts.map((text) => `${text} ${without.unpack(text) ?? ''}`).join('\n');
    expect(marksIn(readable, SECRET)).toEqual(new Set());
    const opened = texts.map((text) => withKey.unpack(text) ?? '').join('\n');
    expect(marksIn(opened, SECRET).size).toBeGreaterThan(50);
  });
});
