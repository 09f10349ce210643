import type { Overrides } from '../../../src/app.ts';
import type { Inventory } from '../../../src/inventory/inventory.ts';
import type { SandboxOptions } from '../../../src/sandbox/index.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';
import { SandboxSource } from './sandbox-source.ts';

/** A gateway with an inventory, over a sandbox whose events a test delivers. */
export interface InventoryWorld extends AsyncDisposable {
  readonly world: World;
  readonly source: SandboxSource;
  readonly inventory: Inventory;
  readonly timers: FakeTimers;
  /** Lets time pass in the gateway and the sandbox, delivers events, and waits for every verification. */
  pass(ms: number): Promise<void>;
}

/** Starts it. The inventory is warm: every cluster was listed, unless the source is away. */
export async function startInventoryWorld(
  options: SandboxOptions = {},
  settings: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
  { isAway = false }: { readonly isAway?: boolean } = {},
): Promise<InventoryWorld> {
  const timers = new FakeTimers();
  const source = new SandboxSource(timers);
  let inventory: Inventory | undefined;
  const world = await createWorld(options, settings, {
    ...overrides,
    timers,
    eventSources: [source],
    onInventory: (created) => {
      inventory = created;
    },
  });
  if (inventory === undefined) throw new Error('the gateway has no inventory');
  const parts = { world, source, inventory, timers };
  const settled = () => settle(parts.inventory);
  source.isAway = isAway;
  if (!isAway) source.connect(world.sandbox);
  const pass = async (ms: number) => {
    const step = 1_000;
    for (let left = ms; left > 0; left -= step) {
      world.sandbox.clock.advance(Math.min(step, left));
      await source.deliver();
      await timers.pass(Math.min(step, left), settled);
    }
  };
  await pass(2_000);
  return {
    ...parts,
    pass,
    async [Symbol.asyncDispose]() {
      await world.dispose();
    },
  };
}

async function settle(inventory: Inventory): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
  await inventory.settled();
}
