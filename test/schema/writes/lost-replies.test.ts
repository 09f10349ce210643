import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../../src/sandbox/checks/fault-settings.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';
import { LeapingTimers } from '../../support/time/leaping-timers.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld({}, {}, { timers: new LeapingTimers() });
});
afterEach(() => world.dispose());

interface Steps {
  readonly done: readonly { readonly operation: string }[];
  readonly pending: readonly { readonly operation: string }[];
}

interface Case {
  readonly mutation: string;
  /** The writes, in their order. Each is made once, whatever is lost. */
  readonly writes: readonly string[];
  readonly prepare?: () => Promise<unknown>;
}

/** Less than the age of what a case prepares. */
const STALE_MS = 10_000;
const CART = 'cluster: "storefront", service: "cart"';
const CASES: Readonly<Record<string, Case>> = {
  deployImages: {
    mutation: `deployImages(${CART}, images: [{ container: "cart", image: "shop/cart:9" }], KEY)`,
    writes: ['RegisterTaskDefinition', 'UpdateService'],
  },
  scaleService: {
    mutation: `scaleService(${CART}, desiredCount: 9, KEY)`,
    writes: ['UpdateService'],
  },
  restartService: {
    mutation: `restartService(${CART}, KEY)`,
    writes: ['UpdateService'],
  },
  rollBackService: {
    mutation: `rollBackService(${CART}, KEY)`,
    writes: ['StopServiceDeployment'],
    prepare: async () => {
      await world.data(
        `mutation { deployImages(${CART}, images: [{ container: "cart", image: "shop/cart:8" }]) { plan { operation } } }`,
      );
      world.sandbox.clock.advance(20_000);
    },
  },
  'rollBackService after the end': {
    mutation: `rollBackService(${CART}, KEY)`,
    writes: ['UpdateService'],
    prepare: async () => {
      await world.data(
        `mutation { deployImages(${CART}, images: [{ container: "cart", image: "shop/cart:8" }]) { plan { operation } } }`,
      );
      world.sandbox.clock.advance(30 * 60_000);
    },
  },
  runJob: {
    mutation: `runJob(${CART}, count: 2, KEY)`,
    writes: ['RunTask'],
  },
};

/** The state of the sandbox that a write done twice would change. */
async function state() {
  const { service, tasks, taskDefinitions } = await world.data<{
    service: {
      desiredCount: number;
      taskDefinitionArn: string;
      deployments: object[];
      serviceDeployments: { nodes: { status: string }[] };
    };
    tasks: { nodes: { group: string }[] };
    taskDefinitions: { nodes: { taskDefinitionArn: string }[] };
  }>(`{
    service(${CART}) { desiredCount taskDefinitionArn deployments { status } serviceDeployments { nodes { status } } }
    tasks(clusters: ["storefront"], family: "cart") { nodes { group } }
    taskDefinitions(family: "cart") { nodes { taskDefinitionArn } }
  }`);
  return {
    desiredCount: service.desiredCount,
    revision: service.taskDefinitionArn.split(':').at(-1),
    deployments: service.deployments.length,
    statuses: service.serviceDeployments.nodes.map(({ status }) => status),
    jobs: tasks.nodes.filter(({ group }) => group === 'family:cart').length,
    revisions: taskDefinitions.nodes.length,
  };
}

const FAULTS: readonly FaultKind[] = ['lostAnswer', 'accessDenied', 'throttle'];
const STEPS = Object.entries(CASES).flatMap(([name, { writes }]) =>
  writes.flatMap((write) => FAULTS.map((fault) => [name, write, fault] as const)),
);

describe('a mutation of several writes, sent again with its key until it succeeds', () => {
  it.each(STEPS)('%s does nothing twice, with %s hit by %s', async (name, write, fault) => {
    const { mutation, writes, prepare } = CASES[name] as Case;
    const text = `mutation { ${mutation.replace('KEY', 'idempotencyKey: "k"')} { plan { operation } } }`;
    await prepare?.();
    // A world of its own shows what the mutation does where nothing is lost.
    const expected = await untouched(text, prepare);
    let sent = 0;
    const made: Record<string, number> = {};
    const send = async () => {
      world.sandbox.resetCalls();
      const answer = await world.query<Record<string, { plan: object[] } | null>>(text);
      for (const one of writes) made[one] = (made[one] ?? 0) + (world.sandbox.calls()[one] ?? 0);
      sent += 1;
      return answer;
    };
    // Reads that lag behind do not show the write, so the gateway cannot find out what became of it.
    const staleReadsMs = fault === 'lostAnswer' ? STALE_MS : 0;
    world.sandbox.faults.set({
      rules: [{ operations: [write], fault, times: fault === 'throttle' ? 5 : 1 }],
      staleReadsMs,
    });
    const first = await send();
    const { done, pending } = (first.errors?.[0]?.extensions ?? { done: [], pending: [] }) as unknown as Steps;
    // RunTask takes a client token, so it is sent again; all else waits for the caller.
    const isFound = fault === 'lostAnswer' && write === 'RunTask';
    const code = { lostAnswer: 'OUTCOME_UNKNOWN', accessDenied: 'FORBIDDEN_UPSTREAM', throttle: 'UPSTREAM_THROTTLED' }[
      fault as string
    ];
    expect(first.errors?.map(({ extensions }) => extensions.code)).toEqual(isFound ? undefined : [code]);
    if (first.errors !== undefined && writes.length > 1) {
      const at = writes.indexOf(write);
      expect(done.map(({ operation }) => operation)).toEqual(writes.slice(0, at));
      expect(pending.map(({ operation }) => operation)).toEqual(writes.slice(at));
    }
    world.sandbox.faults.clear();
    let last = first;
    while (last.errors !== undefined && sent < 5) last = await send();
    expect(last.errors).toBeUndefined();
    const again = await world.count(text);
    expect(again.data).toEqual(last.data);
    expect(writes.map((one) => again.calls[one])).toEqual(writes.map(() => undefined));
    expect(await state()).toEqual(expected);
    // A write that surely was not done is sent again; one that may have been done is not, but for ECS's own client token.
    const isRefused = fault !== 'lostAnswer';
    if (!isRefused && write !== 'RunTask') expect(made[write]).toBe(1);
    for (const other of writes) if (other !== write) expect(made[other]).toBe(1);
  });

  it.each(Object.keys(CASES))('%s makes no write in a dry run', async (name) => {
    const { mutation, writes, prepare } = CASES[name] as Case;
    await prepare?.();
    const before = await state();
    const { errors, calls, data } = await world.count<Record<string, { plan: { operation: string }[] }>>(
      `mutation { ${mutation.replace('KEY', 'idempotencyKey: "k", dryRun: true')} { plan { operation } } }`,
    );
    expect(errors).toBeUndefined();
    expect(Object.values(data ?? {})[0]?.plan.map(({ operation }) => operation)).toEqual(writes);
    expect(Object.keys(calls).filter((operation) => !/^(Describe|List)/.test(operation))).toEqual([]);
    expect(await state()).toEqual(before);
  });
});

async function untouched(text: string, prepare: (() => Promise<unknown>) | undefined) {
  const mine = world;
  world = await createWorld({}, {}, { timers: new LeapingTimers() });
  try {
    await prepare?.();
    await world.data(text);
    return await state();
  } finally {
    await world.dispose();
    world = mine;
  }
}
