/** Which of the nets found that an event was lost. */
export type Net = 'counters' | 'transit' | 'sweep';

/** Numbers since the start, for metrics. */
export class InventoryCounters {
  /** Events that were newer than what was held. */
  applied = 0;
  /** Events that came a second time. */
  duplicates = 0;
  /** Events and answers that a newer version had overtaken. */
  old = 0;
  /** Events of other types, and events that were no state change of this account and region. */
  ignored = 0;
  /** Versions that no event showed, because the next one came. The state is right; its history lacks them. */
  jumps = 0;
  /** Entities that ECS showed differently than events had, by the net that found them. */
  readonly repairs: Record<Net, number> = { counters: 0, transit: 0, sweep: 0 };
  /** Answers from memory: descriptions and pages of lists. */
  answered = 0;

  get repaired(): number {
    return this.repairs.counters + this.repairs.transit + this.repairs.sweep;
  }
}
