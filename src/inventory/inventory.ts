import type { Describer } from '../ecs/batching/describe-batcher.ts';
import type { Timers } from '../ecs/core/timers.ts';
import { EcsSession } from '../ecs/request-session.ts';
import type { Upstream } from '../ecs/sdk/upstream.ts';
import { Caretaker } from './care/caretaker.ts';
import { Contacts } from './core/contact.ts';
import type { Net } from './core/counters.ts';
import type { EcsEvent } from './core/ecs-event.ts';
import type { EcsEventSource } from './core/event-source.ts';
import type { InventorySettings } from './core/settings.ts';
import { ScopeInventory } from './scope/scope-inventory.ts';

export interface InventoryParts {
  readonly settings: InventorySettings;
  readonly timers: Timers;
  /** Called when the inventory turns itself off, and when a verification fails. */
  readonly onTrouble?: ((message: string, error?: unknown) => void) | undefined;
}

/** A verification of a whole cluster may wait for the rate limits for a long time. */
const VERIFICATION_DEADLINE_MS = 30 * 60_000;
/** Events of a schedule, which show that deliveries arrive. */
const HEARTBEATS: ReadonlySet<string> = new Set(['Scheduled Event']);

/** The inventories of all accounts and regions of this process, and the sources that feed them. */
export class Inventory {
  readonly #parts: InventoryParts;
  readonly #contacts: Contacts;
  #sources: readonly EcsEventSource[] = [];
  readonly #scopes: ScopeInventory[] = [];
  readonly #caretakers: Caretaker[] = [];
  /** Events of accounts and regions that this gateway does not serve. */
  foreign = 0;
  /** Events that only show that deliveries arrive. */
  heartbeats = 0;

  constructor(parts: InventoryParts) {
    this.#parts = parts;
    this.#contacts = new Contacts(parts.settings.silenceMs, parts.timers);
  }

  /** The inventories by account and region. */
  get scopes(): readonly ScopeInventory[] {
    return this.#scopes;
  }

  /** The condition of all inventories together. */
  facts() {
    const sum = (read: (scope: ScopeInventory) => number) =>
      this.#scopes.reduce((total, each) => total + read(each), 0);
    const net = (name: Net) => sum(({ counters }) => counters.repairs[name]);
    return {
      events: {
        applied: sum(({ counters }) => counters.applied),
        duplicate: sum(({ counters }) => counters.duplicates),
        old: sum(({ counters }) => counters.old),
        ignored: this.foreign + sum(({ counters }) => counters.ignored),
        heartbeat: this.heartbeats,
      },
      jumps: sum(({ counters }) => counters.jumps),
      repairs: { counters: net('counters'), transit: net('transit'), sweep: net('sweep') },
      tasks: sum(({ entities }) => entities.tasks),
      instances: sum(({ entities }) => entities.instances),
      clusters: sum(({ clusters }) => clusters.size),
      trusted: sum(({ trusted }) => trusted),
      answered: sum(({ counters }) => counters.answered),
      silentForMs: this.#contacts.silentForMs,
    };
  }

  /** Creates the inventory of an account and region. It answers nothing until `care` has listed everything. */
  open(upstream: Upstream): ScopeInventory {
    const held = new ScopeInventory({
      scope: upstream.scope,
      timers: this.#parts.timers,
      now: () => upstream.clock.now(),
      account: () => upstream.owner.known?.account,
      contact: this.#contacts.with(upstream.scope),
    });
    this.#scopes.push(held);
    return held;
  }

  /** Begins to list and verify an inventory. */
  care(held: ScopeInventory, upstream: Upstream, describer: Describer): void {
    const { timers, settings, onTrouble } = this.#parts;
    const caretaker = new Caretaker({
      inventory: held,
      contact: this.#contacts.with(upstream.scope),
      timers,
      settings,
      onTrouble,
      openSession: (signal) =>
        new EcsSession({
          upstream,
          describer,
          signal,
          lane: 'poll',
          // Its reads are calls, and no call that was sent before for others answers them.
          apart: 'inventory',
          // The inventory holds what it describes. A second copy of the fleet would take ten times its memory.
          isPassing: true,
          readDeadlineMs: VERIFICATION_DEADLINE_MS,
          writeDeadlineMs: VERIFICATION_DEADLINE_MS,
        }),
    });
    this.#caretakers.push(caretaker);
    caretaker.start();
  }

  /**
   * Lets the sources deliver. Nothing is listed before one of them has contact, so that no change is lost between the
   * list and the first event.
   */
  start(sources: readonly EcsEventSource[]): void {
    this.#sources = sources;
    this.#contacts.connect(sources);
    for (const source of sources) source.start((events) => this.apply(events));
  }

  /** Takes events, in any order, as often as they come. */
  apply(events: readonly EcsEvent[]): void {
    for (const event of events) {
      const isHeartbeat = HEARTBEATS.has(event.detailType);
      this.#contacts.heard(event, isHeartbeat);
      if (isHeartbeat) {
        this.heartbeats += 1;
        continue;
      }
      const scope = this.#scopes.find((each) => each.concerns(event));
      if (scope === undefined) this.foreign += 1;
      else scope.apply(event);
    }
  }

  /** Resolves when no verification is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#caretakers.map((caretaker) => caretaker.settled()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()));
    await Promise.all(this.#caretakers.map((caretaker) => caretaker.close()));
  }
}
