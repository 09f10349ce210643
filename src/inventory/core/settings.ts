/** Settings of the inventory. */
export interface InventorySettings {
  /** The fraction of the rates that this process may use that verification uses at most. */
  readonly sweepShare: number;
  /** The fraction of ECS's rates that this process may use. */
  readonly rateShare: number;
  /** How often everything is listed again, in milliseconds. */
  readonly sweepEveryMs: number;
  /** Without an event or another sign of life for this long, in milliseconds, the inventory answers nothing. */
  readonly silenceMs: number;
}
