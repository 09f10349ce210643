import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/sandbox/backend/backend.ts';
import { EcsError } from '../../../src/sandbox/checks/ecs-errors.ts';
import { readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import { Clock } from '../../../src/sandbox/time/clock.ts';
import { checkWorld } from '../support/bookkeeping.ts';
import { buildEverything, type Read } from '../support/every-resource.ts';
import { everyday, type Model, REGION, Real, type Step } from '../support/model.ts';
import { unusual } from '../support/model-agents.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };
const contract = readContract();

/** The actions that are still due, by name, and the state of the random numbers. */
function futureOf(backend: Backend): unknown {
  const { now, due } = backend.clock.snapshot();
  return {
    now,
    due: due.map(({ time, run }) => [time, run?.dueName]),
    random: Array.from(backend.worlds(), ({ random }) => random.state),
  };
}

/** All that anybody could see of a world: every event, and every read. */
function seenOf(backend: Backend, reads: readonly Read[]): unknown {
  const world = backend.world(REGION);
  // As it goes over the wire: what is undefined is not there.
  return JSON.parse(
    JSON.stringify({
      events: Array.from({ length: 10 }, (_, page) => world.events.read(world, page * 1000)),
      answers: reads.map(({ operation, input }) => answerOf(backend, operation, input)),
    }),
  );
}

function answerOf(backend: Backend, operation: string, input: object): unknown {
  try {
    return backend.call(REGION, CALLER, operation, input);
  } catch (error) {
    if (error instanceof EcsError && error.status < 500) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** Another sandbox, which has read what the first one has written as text. */
function copyOf(backend: Backend): Backend {
  const copy = new Backend(new Clock(START - 1e9, 0), contract, 'empty', 99);
  copy.importWorlds(JSON.parse(JSON.stringify(backend.exportWorlds())));
  return copy;
}

const CLUSTER_READS: readonly Read[] = [
  { operation: 'ListTasks', input: { cluster: 'main' } },
  { operation: 'ListTasks', input: { cluster: 'main', desiredStatus: 'STOPPED' } },
  { operation: 'DescribeServices', input: { cluster: 'main', services: ['one', 'two', 'three'] } },
  { operation: 'DescribeClusters', input: { clusters: ['main'] } },
  { operation: 'ListContainerInstances', input: { cluster: 'main' } },
];

const steps = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(fc.oneof(...everyday, ...unusual), { minLength: 5, maxLength });

describe('a world that is written to a file and read back', () => {
  it('has the same future as the one that goes on, whatever was and will be done', () => {
    fc.assert(
      fc.property(steps(40), steps(20), fc.constantFrom(0, 90_000), (before, after, staleReadsMs) => {
        const model: Model = {};
        const original = new Real();
        original.backend.faults.set({ staleReadsMs, duplicateEvents: 0.1 });
        for (const step of before) step.run(model, original);
        const copy = new Real();
        copy.backend.importWorlds(JSON.parse(JSON.stringify(original.backend.exportWorlds())));
        expect(futureOf(copy.backend)).toEqual(futureOf(original.backend));
        for (const step of after) {
          step.run(model, original);
          step.run(model, copy);
        }
        for (const { backend } of [original, copy]) backend.clock.advance(600_000);
        expect(seenOf(copy.backend, CLUSTER_READS)).toEqual(seenOf(original.backend, CLUSTER_READS));
        expect(futureOf(copy.backend)).toEqual(futureOf(original.backend));
        checkWorld(copy.world);
      }),
      { numRuns: Number(process.env.WORLD_RUNS ?? 12) },
    );
  });

  it('has every kind of resource, and goes on with each', () => {
    const original = new Backend(new Clock(START, 0), contract, 'empty', 7);
    const { reads } = buildEverything(original);
    const copy = copyOf(original);
    expect(seenOf(copy, reads)).toEqual(seenOf(original, reads));
    for (const backend of [original, copy]) {
      for (const { operation, input } of [
        { operation: 'DeleteService', input: { cluster: 'main', service: 'main', force: true } },
        {
          operation: 'DeleteExpressGatewayService',
          input: { serviceArn: `arn:aws:ecs:${REGION}:123456789012:service/main/express` },
        },
        { operation: 'RunTask', input: { cluster: 'main', taskDefinition: 'web', count: 3 } },
      ])
        answerOf(backend, operation, input);
      backend.clock.advance(2 * 3600_000);
    }
    expect(seenOf(copy, reads)).toEqual(seenOf(original, reads));
    expect(futureOf(copy)).toEqual(futureOf(original));
  });

  it('is the demo an hour later', () => {
    const original = new Backend(new Clock(START, 0), contract, 'demo', 7);
    original.world(REGION);
    const copy = copyOf(original);
    for (const backend of [original, copy]) backend.clock.advance(3600_000);
    expect(futureOf(copy)).toEqual(futureOf(original));
    expect(seenOf(copy, [])).toEqual(seenOf(original, []));
    // A Region without earlier calls is seeded alike.
    expect(answerOf(copy, 'ListClusters', {})).toEqual(answerOf(original, 'ListClusters', {}));
  });

  it('written twice is the same text', () => {
    const original = new Backend(new Clock(START, 0), contract, 'demo', 7);
    original.world(REGION);
    expect(JSON.stringify(original.exportWorlds())).toBe(JSON.stringify(original.exportWorlds()));
  });
});
