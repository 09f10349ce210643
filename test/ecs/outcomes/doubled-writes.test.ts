import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WriteOperation } from '../../../src/ecs/outcomes/check.ts';
import { WRITE_CHECKS } from '../../../src/ecs/outcomes/table.ts';
import { fieldName } from '../../../src/schema/sdk-types/type-names.ts';
import { inputOf, type LossyEcs, startLossyEcs } from '../../support/ecs/lossy-ecs.ts';
import { type Answer, createWorld, type World } from '../../support/gateway/world.ts';
import { LeapingTimers } from '../../support/time/leaping-timers.ts';

const WRITES = 1_000;
const AT_A_TIME = 50;
const LOST = 0.3;
const MOST_TRIES = 10;
const OPERATIONS = Object.keys(WRITE_CHECKS) as WriteOperation[];

let ecs: LossyEcs;
let world: World;
beforeAll(async () => {
  ecs = await startLossyEcs(LOST);
  const settings = { AWS_ENDPOINT_URL: ecs.url, MAX_COST: '0' };
  world = await createWorld({ seed: 'empty' }, settings, { timers: new LeapingTimers() });
});
afterAll(async () => {
  await world.dispose();
  await ecs[Symbol.asyncDispose]();
});

/** Sends a mutation as long as its answer says that this does no harm; gives the codes of the last answer. */
async function follow(operation: WriteOperation, mark: string, key: string | undefined): Promise<string[]> {
  const query = `mutation ($input: ${operation}Input!, $key: ID) {
    ${fieldName(operation)}(input: $input, idempotencyKey: $key) { __typename }
  }`;
  const variables = { input: inputOf(operation, mark), key };
  let answer: Answer<unknown>;
  let tries = 0;
  do {
    answer = await world.query(query, variables);
    tries += 1;
  } while (tries < MOST_TRIES && answer.errors?.some(({ extensions }) => extensions.retryable === true));
  return answer.errors?.map(({ extensions }) => String(extensions.code)) ?? [];
}

describe(`${WRITES} writes of every kind, with ${LOST * 100} % of ECS's answers lost`, () => {
  const ends = new Map<string, number>();
  beforeAll(async () => {
    let next = 0;
    const work = async () => {
      while (next < WRITES) {
        const index = next;
        next += 1;
        const operation = OPERATIONS[index % OPERATIONS.length] as WriteOperation;
        const mark = String(index);
        const [end = 'ok'] = await follow(operation, mark, index % 2 === 0 ? `key-${mark}` : undefined);
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  }, 120_000);

  it('are each done once by clients that follow `retryable`', () => {
    expect(ecs.done.size).toBe(WRITES);
    expect([...ecs.done].filter(([, times]) => times > 1)).toEqual([]);
    expect(ecs.lost.count).toBeGreaterThan(WRITES * LOST * 0.8);
  });

  it('end well, or with an outcome that the gateway cannot find out', () => {
    expect([...ends.keys()].sort()).toEqual(['OUTCOME_UNKNOWN', 'ok']);
    expect(ends.get('ok')).toBeGreaterThan(WRITES * (1 - LOST));
  });

  it('are not done when they come again under their key', async () => {
    const before = [...ecs.done.values()];
    for (const [index, operation] of OPERATIONS.entries()) {
      if (index % 2 === 0) await follow(operation, String(index), `key-${index}`);
    }
    expect([...ecs.done.values()]).toEqual(before);
  });
});
