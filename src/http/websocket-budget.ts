/** Counts messages against a rate, letting bursts of five seconds' worth through. */
export interface MessageBudget {
  /** Takes one message from the budget; false when it is spent. */
  take(): boolean;
}

/** A token bucket of so many messages a second. */
export function createMessageBudget(perSecond: number, now: () => number): MessageBudget {
  const capacity = perSecond * 5;
  let tokens = capacity;
  let last = now();
  return {
    take() {
      const time = now();
      tokens = Math.min(capacity, tokens + ((time - last) / 1_000) * perSecond);
      last = time;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
