import { startInventoryWorld } from '../inventory/support/inventory-world.ts';
import { pastGateway } from '../support/ecs/call-ecs.ts';
import { createWorld, type World } from '../support/gateway/world.ts';
import { toGraphInput } from '../support/operations/graph-input.ts';
import { type Call, type Names, prepareWorld } from './write-cases.ts';

/** Time stands still while reads are 4 s late, so that ECS shows nothing of what a test writes. */
const LATE_MS = 4_000;

/** A gateway in front of an ECS whose reads are late. */
export interface LateWorld {
  readonly world: World;
  /** Calls ECS past the gateway. */
  readonly past: Call;
  /** Writes through the gateway, and reads past it. */
  readonly through: (selection?: string) => Call;
  /** How many reads the inventory answered. */
  readonly answered: () => number;
  /** Prepares a case while reads are not late. */
  readonly prepare: <T>(prepare: () => Promise<T> | undefined) => Promise<T | undefined>;
}

/**
 * @param settings as on the command line
 * @param isHeld whether events keep an inventory up to date; none arrives while a case writes and reads
 */
export async function createLateWorld(
  settings: Readonly<Record<string, string>> = {},
  isHeld = false,
): Promise<LateWorld> {
  const options = { seed: 'empty' } as const;
  const setup = isHeld ? await startInventoryWorld(options, { INVENTORY_SWEEP_EVERY: '1s', ...settings }) : undefined;
  const world = setup?.world ?? (await createWorld(options, settings, { redisTimeoutMs: 10_000 }));
  const past: Call = pastGateway(world);
  await prepareWorld(past);
  return {
    world,
    past,
    answered: () => setup?.inventory.facts().answered ?? 0,
    through:
      (selection = '__typename') =>
      async (operation, input) => {
        if (/^(Describe|List)/.test(operation)) return past(operation, input);
        const field = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
        const text = `mutation ($input: ${operation}Input!) { ${field}(input: $input) { ${selection} } }`;
        const data = await world.data<Record<string, Record<string, unknown>>>(text, { input: toGraphInput(input) });
        return data[field] ?? {};
      },
    async prepare(prepare) {
      world.sandbox.faults.set({ staleReadsMs: 0 });
      const prepared = await prepare();
      world.sandbox.clock.advance(60_000);
      // The clusters that were made are listed, and so answer from memory.
      await setup?.pass(5_000);
      world.sandbox.faults.set({ staleReadsMs: LATE_MS });
      return prepared;
    },
  };
}

/** The texts in a payload, by the names of their fields. */
export function leavesOf(value: unknown): Names {
  if (Array.isArray(value)) return Object.assign({}, ...value.toReversed().map(leavesOf));
  if (typeof value !== 'object' || value === null) return {};
  const leaves = Object.entries(value).map(([name, item]) =>
    typeof item === 'string' ? { [name]: item } : leavesOf(item),
  );
  return Object.assign({}, ...leaves);
}
