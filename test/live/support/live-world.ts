import { ECSClient } from '@aws-sdk/client-ecs';
import { createSourceEventStream, type ExecutionResult, execute, type GraphQLError, parse, validate } from 'graphql';
import { pino } from 'pino';
import { Describer } from '../../../src/ecs/batching/describe-batcher.ts';
import { ChangeTurns } from '../../../src/ecs/consistency/change-turns.ts';
import { EcsMemory } from '../../../src/ecs/consistency/read-cache.ts';
import type { OperationName } from '../../../src/ecs/core/operations.ts';
import { Pacer, type TokenRequest } from '../../../src/ecs/pacing/pacer.ts';
import { ServerClock } from '../../../src/ecs/sdk/aws-clock.ts';
import { Upstream } from '../../../src/ecs/sdk/upstream.ts';
import { Inventory } from '../../../src/inventory/inventory.ts';
import { createLiveHub, type LiveHub } from '../../../src/live/core/create-hub.ts';
import { FleetLooks } from '../../../src/live/core/fleet-looks.ts';
import { createStallCheck } from '../../../src/live/deployment/service-stall.ts';
import { DEFAULT_CONFIRM_MS } from '../../../src/live/topic/confirmation.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { createContext, type GraphServices } from '../../../src/schema/core/context.ts';
import { singleScope } from '../../../src/schema/core/scopes.ts';
import { SandboxSource } from '../../inventory/support/sandbox-source.ts';
import { SERVER } from '../../support/gateway/server-info.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';
import { createKeyedWrites } from '../../support/operations/keyed-writes.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';
import { breathe } from './live-support.ts';

/** The events of a subscription so far. */
export interface Stream<Data> {
  readonly events: Data[];
  readonly errors: GraphQLError[];
  isDone: boolean;
  leave(): Promise<void>;
}

/** A sandbox and a graph in front of it, with one virtual time for both. */
export interface LiveWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** The unmodified SDK, to set things up with. */
  readonly ecs: ECSClient;
  readonly hub: LiveHub;
  readonly timers: FakeTimers;
  /** Delivers the sandbox's events to the inventory, if there is one. */
  readonly source: SandboxSource;
  run<Data = Record<string, never>>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** `Data` is what the subscription's one field gives. */
  subscribe<Data>(query: string, variables?: Record<string, unknown>): Promise<Stream<Data>>;
  /** A gateway that remembers nothing takes the place of the one that ran. */
  restart(): void;
  /** Lets time pass in steps of two seconds, in ECS and here. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until the condition holds. */
  until(condition: () => boolean, mostMs?: number): Promise<void>;
}

const INVENTORY = { sweepShare: 0.1, rateShare: 1, sweepEveryMs: 900_000, silenceMs: 180_000 };
const STEP = 2_000;
/** Times by the machine's own clock: a busy machine is not a fault. */
const REAL_MS = 60_000;

/** Paces in virtual time, and knows how many calls are under way: a round that waits for tokens must not be waited for. */
class CountingPacer extends Pacer {
  underWay = 0;

  override async take(operation: OperationName, request: TokenRequest): Promise<void> {
    await super.take(operation, request);
    this.underWay += 1;
  }
}

/**
 * Waits until nothing goes on but by the clock: no call is under way and, where none waits for its token, no round either. What is
 * made of an answer takes its turns of the event loop, more of them on a busy machine.
 */
async function settlePaced(pacer: CountingPacer, hub: LiveHub): Promise<void> {
  let isSettled = false;
  void hub.settled().then(() => {
    isSettled = true;
  });
  const waits = () => pacer.levels().some(({ waiting }) => waiting > 0);
  for (let turns = 0; turns < TURNS_AT_REST; turns += 1) {
    await breathe(1);
    if (pacer.underWay > 0 || (!isSettled && !waits())) turns = -1;
  }
}

const TURNS_AT_REST = 10;

export interface LiveWorldOptions extends SandboxOptions {
  /** Calls are paced, as a gateway's are; without it they are sent as they come. */
  readonly rateShare?: number;
  /** How long, in ms, the gateway answers from its cache; 0 by default. */
  readonly memoryTtlMs?: number;
  /** How much later a second look has to find an end of success; as a gateway does unless given. */
  readonly confirmMs?: number;
  /** Set to keep an inventory from the sandbox's events. */
  readonly withInventory?: true | undefined;
}

export async function liveWorld({
  rateShare,
  memoryTtlMs = 0,
  confirmMs = DEFAULT_CONFIRM_MS,
  withInventory,
  ...options
}: LiveWorldOptions = {}): Promise<LiveWorld> {
  const sandbox = await startSandbox({ speed: 0, start: new Date('2026-03-01T12:00:00Z'), ...options });
  const timers = new FakeTimers();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const ecs = new ECSClient({ endpoint: sandbox.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
  const log = pino({ level: 'silent' });
  const pacer = rateShare === undefined ? undefined : new CountingPacer(rateShare, timers);
  const onAttempt = () => {
    if (pacer !== undefined) pacer.underWay -= 1;
  };
  const upstream = await Upstream.create(
    {
      region: 'eu-west-1',
      endpoint: sandbox.url,
      credentials,
      attemptTimeoutMs: REAL_MS,
      connectTimeoutMs: REAL_MS,
      maxAttempts: 1,
    },
    log,
    { clock: new ServerClock(() => timers.monotonic()), pacer, onAttempt },
  );
  const inventory = withInventory && new Inventory({ settings: INVENTORY, timers });
  const held = inventory?.open(upstream);
  const describer = new Describer(upstream, new EcsMemory({ ttlMs: memoryTtlMs }, timers), { timers, held });
  if (held !== undefined) inventory?.care(held, upstream, describer);
  const source = new SandboxSource(timers);
  source.connect(sandbox);
  inventory?.start([source]);
  const startHub = () =>
    createLiveHub({ upstream, describer, timers, confirmMs, random: () => 0.5, lookDeadlineMs: REAL_MS });
  let hub = startHub();
  const keyedWrites = createKeyedWrites();
  const changeTurns = new ChangeTurns(timers, 60_000);
  const scope = () => {
    const fleet = new FleetLooks({ upstream, describer, ttlMs: 0, isStalled: createStallCheck(hub.progress) });
    return { upstream, describer, live: hub, fleet };
  };
  const services = (): GraphServices => ({
    ...scope(),
    scopes: singleScope(scope()),
    keyedWrites,
    changeTurns,
    readDeadlineMs: REAL_MS,
    writeDeadlineMs: REAL_MS,
    exposedSecrets: new Set(),
    maxClusters: 100,
    server: SERVER,
  });
  const graph = sharedSchema();
  const contextOf = (signal: AbortSignal) =>
    createContext({ requestId: 'test', principal: { name: 'test' }, signal, log }, services());
  const settle = async () => {
    await breathe(2);
    await inventory?.settled();
    if (pacer === undefined) await hub.settled();
    else await settlePaced(pacer, hub);
    await breathe(2);
  };

  const world: LiveWorld = {
    sandbox,
    ecs,
    get hub() {
      return hub;
    },
    timers,
    restart() {
      hub.dispose();
      hub = startHub();
    },
    async run(query, variables) {
      const document = parse(query);
      const problems = validate(graph, document);
      if (problems.length > 0) throw problems[0];
      const result = await execute({
        schema: graph,
        document,
        variableValues: variables ?? {},
        contextValue: contextOf(new AbortController().signal),
      });
      if (result.errors !== undefined) throw result.errors[0];
      return JSON.parse(JSON.stringify(result.data));
    },
    async subscribe(query, variables) {
      const document = parse(query);
      const problems = validate(graph, document);
      if (problems.length > 0) throw problems[0];
      const controller = new AbortController();
      const variableValues = variables ?? {};
      const source = await createSourceEventStream({
        schema: graph,
        document,
        variableValues,
        contextValue: contextOf(controller.signal),
      });
      if (!(Symbol.asyncIterator in source)) throw source.errors?.[0] ?? new Error('no stream');
      const iterator = source[Symbol.asyncIterator]();
      const stream: Stream<never> = {
        events: [],
        errors: [],
        isDone: false,
        leave: async () => {
          await iterator.return?.();
        },
      };
      void (async () => {
        for (let item = await iterator.next(); item.done !== true; item = await iterator.next()) {
          const contextValue = contextOf(controller.signal);
          const result: ExecutionResult = await execute({
            schema: graph,
            document,
            variableValues,
            contextValue,
            rootValue: item.value,
          });
          stream.errors.push(...(result.errors ?? []));
          if (result.data) stream.events.push(JSON.parse(JSON.stringify(Object.values(result.data)[0])) as never);
        }
        stream.isDone = true;
      })().catch((error: GraphQLError) => {
        stream.errors.push(error);
        stream.isDone = true;
      });
      await timers.pass(20, settle);
      await breathe(5);
      return stream;
    },
    source,
    async pass(ms) {
      if (hub.activeTopics === 0) {
        sandbox.clock.advance(ms);
        await source.deliver();
        return timers.pass(ms, settle);
      }
      for (let left = ms; left > 0; left -= STEP) {
        sandbox.clock.advance(Math.min(STEP, left));
        await source.deliver();
        await timers.pass(Math.min(STEP, left), settle);
      }
    },
    async until(condition, mostMs = 3_600_000) {
      for (let left = mostMs; !condition(); left -= STEP) {
        if (left <= 0) throw new Error('it did not come to that');
        await world.pass(STEP);
      }
    },
    async [Symbol.asyncDispose]() {
      await inventory?.close();
      hub.dispose();
      upstream.dispose();
      ecs.destroy();
      await sandbox.close();
    },
  };
  return world;
}
