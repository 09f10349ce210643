/**
 * Which of one request's calls are under way, by topic (a cluster, say). A batch that is not full waits until its
 * topic is idle: while a call is under way its answer may bring more keys for the same batch; once nothing is, nothing can.
 */
export class Activity {
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #scheduled: (() => void)[] = [];
  #held = 0;

  /**
   * Keeps every batch open, as the request has resolvers that wait for a later turn of the event loop and may bring keys. The
   * function returned ends that.
   */
  hold(): () => void {
    this.#held += 1;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#held -= 1;
      if (this.#held > 0) return;
      for (const topic of this.#waiting.keys()) this.#check(topic);
      // Later, so that the resolvers that waited longest have asked, too.
      if (this.#scheduled.length > 0) setImmediate(() => this.#runScheduled());
    };
  }

  /** As a DataLoader schedules its batches: when all that runs now has asked. It does not wait for calls. */
  schedule(callback: () => void): void {
    this.#scheduled.push(callback);
    if (this.#scheduled.length > 1) return;
    void Promise.resolve().then(() => process.nextTick(() => this.#runScheduled()));
  }

  #runScheduled(): void {
    if (this.#held > 0) return;
    for (const callback of this.#scheduled.splice(0)) callback();
  }

  /** Whether no call is under way and none waits for others. */
  get isIdle(): boolean {
    if (this.#waiting.size > 0) return false;
    for (const count of this.#running.values()) if (count > 0) return false;
    return true;
  }

  /** Marks a call as begun; the function returned marks it as ended. */
  begin(topic: string): () => void {
    this.#running.set(topic, (this.#running.get(topic) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#running.set(topic, (this.#running.get(topic) ?? 1) - 1);
      this.#check(topic);
    };
  }

  /** Calls back, never at once, when the topic has no call under way and the resolvers that its answers woke have run. */
  whenIdle(topic: string, callback: () => void): void {
    const waiting = this.#waiting.get(topic);
    if (waiting === undefined) this.#waiting.set(topic, [callback]);
    else waiting.push(callback);
    this.#check(topic);
  }

  #check(topic: string): void {
    if (this.#isBusy(topic)) return;
    setImmediate(() => {
      if (this.#isBusy(topic)) return;
      const waiting = this.#waiting.get(topic) ?? [];
      this.#waiting.delete(topic);
      this.#running.delete(topic);
      for (const callback of waiting) callback();
    });
  }

  #isBusy(topic: string): boolean {
    return this.#held > 0 || (this.#running.get(topic) ?? 0) > 0;
  }
}
