/** How long a subscription lasts by default, as ISO 8601. Subscriptions without a natural end have no limit. */
export const DEFAULT_TIMEOUTS = { deployment: 'PT1H', drain: 'PT6H', tasks: 'PT24H', daemon: 'PT6H' } as const;

/** Time without progress after which a stall is reported by default. */
export const DEFAULT_STALLS = { deployment: 'PT5M', drain: 'PT10M', daemon: 'PT10M', feed: 'PT5M' } as const;

/** How far a preview may look ahead. */
export const HORIZON_LIMITS = { shortestMs: 60_000, longestMs: 86_400_000 } as const;
