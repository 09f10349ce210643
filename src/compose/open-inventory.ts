import type { Logger } from 'pino';
import { type Config, receivesEvents } from '../config/index.ts';
import type { Timers } from '../ecs/core/timers.ts';
import { Inventory } from '../inventory/inventory.ts';

/** The inventory; undefined if no source brings events: every read then goes to ECS. */
export function openInventory(
  config: Config,
  { hasSources, timers, log }: { readonly hasSources: boolean; readonly timers: Timers; readonly log: Logger },
): Inventory | undefined {
  if (!hasSources && !receivesEvents(config)) return undefined;
  return new Inventory({
    settings: {
      sweepShare: config.inventorySweepShare,
      rateShare: config.rateShare,
      sweepEveryMs: config.inventorySweepEvery,
      silenceMs: config.inventorySilence,
    },
    timers,
    onTrouble: (message, error) => log.warn(error === undefined ? {} : { err: error }, message),
  });
}
