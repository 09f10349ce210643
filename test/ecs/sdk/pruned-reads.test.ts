import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Describer } from '../../../src/ecs/batching/describe-batcher.ts';
import { EcsMemory } from '../../../src/ecs/consistency/read-cache.ts';
import { Answer } from '../../../src/ecs/core/describe-result.ts';
import { heavyBeside } from '../../../src/ecs/core/describe-specs.ts';
import type { Caller, Trim } from '../../../src/ecs/core/ecs-port.ts';
import { callContext } from '../../support/ecs/call-context.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

const SERVICE = 'arn:aws:ecs:eu-west-1:123456789012:service/prod/web';
const OTHER = 'arn:aws:ecs:eu-west-1:123456789012:service/prod/api';
const EVENTS = [{ id: '1', message: 'steady' }];

/** An ECS whose answers lack what they were asked to lack, as decoded ones do. */
function start(ttlMs: number) {
  const trims: (readonly string[])[] = [];
  let decodedAgain = 0;
  const caller = {
    async call(_operation: string, { services }: { services: string[] }, _context: object, trim: Trim = {}) {
      const { without = [], onTrimmed } = trim;
      trims.push(without);
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      const whole = () => ({ services: services.map((serviceArn) => ({ serviceArn, events: EVENTS })) });
      if (without.length === 0) return whole();
      onTrimmed?.(async () => {
        decodedAgain += 1;
        return whole();
      });
      return { services: services.map((serviceArn) => ({ serviceArn })) };
    },
  };
  const describer = new Describer(caller as unknown as Caller, new EcsMemory({ ttlMs }, new FakeTimers()));
  const context = callContext();
  const load = (without: string[], id = SERVICE) =>
    describer.load({ kind: 'Service', id, cluster: 'prod', include: [], without }, context);
  return { load, trims, again: () => decodedAgain };
}

describe('members without readers', () => {
  it('is omitted from an answer, unless a reader in the batch needs it', async () => {
    const alone = start(0);
    expect(await alone.load(['events'])).toEqual({ serviceArn: SERVICE });
    expect(alone.trims).toEqual([['events']]);
    const both = start(0);
    const [one, other] = await Promise.all([both.load(['events']), both.load([], OTHER)]);
    expect(both.trims).toEqual([[]]);
    expect(one).toEqual({ serviceArn: SERVICE, events: EVENTS });
    expect(other).toEqual({ serviceArn: OTHER, events: EVENTS });
  });

  it('reaches readers that join the call in flight, without a call of its own', async () => {
    const { load, trims, again } = start(0);
    const first = load(['events']);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(trims).toHaveLength(1);
    expect(await Promise.all([first, load([])])).toEqual([
      { serviceArn: SERVICE },
      { serviceArn: SERVICE, events: EVENTS },
    ]);
    expect([trims.length, again()]).toEqual([1, 1]);
  });

  it('is remembered as text: who reads it a moment later causes no call, and it is decoded once', async () => {
    const { load, trims, again } = start(1_000);
    await Promise.all([load(['events']), load(['events'], OTHER)]);
    expect(again()).toBe(0);
    expect(await load([])).toEqual({ serviceArn: SERVICE, events: EVENTS });
    expect(await load([], OTHER)).toEqual({ serviceArn: OTHER, events: EVENTS });
    expect(await load(['events'])).toEqual({ serviceArn: SERVICE });
    expect([trims.length, again()]).toEqual([1, 1]);
  });

  it('is not missed in an answer that holds it after all', () => {
    const item = { serviceArn: SERVICE, events: EVENTS };
    const answer = new Answer(new Map([[SERVICE, item]]), { include: [], lacks: ['events'] });
    expect(answer.read(SERVICE)).toBe(item);
    expect(answer.read(OTHER)).toBeNull();
  });

  it('is of the kinds whose answers are large', () => {
    expect(heavyBeside('Service', new Set())).toEqual(['events']);
    expect(heavyBeside('Service', new Set(['events']))).toEqual([]);
    expect(heavyBeside('Task', new Set(['containers']))).not.toContain('containers');
    expect(heavyBeside('Cluster', new Set())).toEqual([]);
  });
});

describe('a gateway', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ seed: 'demo' }, { MEMORY_TTL: '1h' });
  });
  afterAll(() => world.dispose());

  interface Services {
    readonly services: { readonly nodes: readonly { readonly serviceName: string; readonly events?: object[] }[] };
  }

  it('finds in what it read for one operation what only the next one selects', async () => {
    const { clusters } = (
      await world.query<{ clusters: { nodes: { clusterName: string }[] } }>('{ clusters { nodes { clusterName } } }')
    ).data ?? { clusters: { nodes: [] } };
    const cluster = JSON.stringify(clusters.nodes[0]?.clusterName);
    const light = await world.count<Services>(`{ services(clusters: [${cluster}]) { nodes { serviceName status } } }`);
    expect(light.calls).toMatchObject({ ListServices: 1 });
    const whole = await world.count<Services>(
      `{ services(clusters: [${cluster}]) { nodes { serviceName events { eventId message createdAt } } } }`,
    );
    expect(whole.errors).toBeUndefined();
    expect(whole.calls).toEqual({});
    expect(whole.data?.services.nodes.some(({ events = [] }) => events.length > 0)).toBe(true);
    const anew = await world.query<Services>(
      `{ services(clusters: [${cluster}]) { nodes { serviceName events { eventId message createdAt } } } }`,
    );
    expect(anew.data).toEqual(whole.data);
  });
});
