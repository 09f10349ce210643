/** How long a subscription goes on where its caller does not say, as ISO 8601; what nobody expects to end has none. */
export const DEFAULT_TIMEOUTS = { deployment: 'PT1H', drain: 'PT6H', tasks: 'PT24H', daemon: 'PT6H' } as const;

/** After how long without a change it says that something stands still. */
export const DEFAULT_STALLS = { deployment: 'PT5M', drain: 'PT10M', daemon: 'PT10M', feed: 'PT5M' } as const;
