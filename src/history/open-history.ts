import type { Timers } from '../ecs/core/timers.ts';
import { Recorder } from './recorder.ts';

const DAY_MS = 86_400_000;

export interface HistorySettings {
  readonly history: string | undefined;
  readonly historyDays: number;
  readonly historyMaxSize: number;
}

export interface HistoryClock {
  readonly timers: Timers;
  /** Epoch milliseconds of ECS's clock. */
  readonly now: () => number;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Opens the history that the settings name; undefined if they name none.
 * @throws {Error} if it cannot be opened
 */
export async function openHistory(
  { history: path, historyDays, historyMaxSize }: HistorySettings,
  clock: HistoryClock,
): Promise<Recorder | undefined> {
  if (path === undefined) return undefined;
  const { openSqliteHistory } = await import('./sqlite-history.ts');
  return new Recorder({ store: openSqliteHistory(path, historyMaxSize), maxAgeMs: historyDays * DAY_MS, ...clock });
}
