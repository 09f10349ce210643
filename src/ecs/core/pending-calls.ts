/**
 * The pending calls of one request, by topic (a cluster, for example). A partial batch waits until its topic is idle: a
 * pending call's answer may bring more keys for the batch, and an idle topic cannot.
 */
export class Activity {
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #scheduled: (() => void)[] = [];
  readonly #untilReleased: (() => void)[] = [];
  #held = 0;

  /**
   * Keeps every batch open while resolvers of the request wait for a later turn of the event loop: they may add keys.
   * The returned function ends that.
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
      for (const callback of this.#untilReleased.splice(0)) this.whenReleased(callback);
      // Deferred, so that the resolvers that waited longest have added their keys.
      if (this.#scheduled.length > 0) setImmediate(() => this.#runScheduled());
    };
  }

  /** Schedules like DataLoader does: after all code that runs now has added its keys. It does not wait for calls. */
  schedule(callback: () => void): void {
    this.#scheduled.push(callback);
    if (this.#scheduled.length > 1) return;
    void Promise.resolve().then(() => process.nextTick(() => this.#runScheduled()));
  }

  #runScheduled(): void {
    if (this.#held > 0) return;
    for (const callback of this.#scheduled.splice(0)) callback();
  }

  /** Whether no call is pending and none waits for others. */
  get isIdle(): boolean {
    if (this.#waiting.size > 0) return false;
    for (const count of this.#running.values()) if (count > 0) return false;
    return true;
  }

  /** Marks a call as started. The returned function marks it as ended. */
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

  /**
   * Calls back, never synchronously, when the topic has no pending call and the resolvers that its answers resumed have
   * run.
   */
  whenIdle(topic: string, callback: () => void): void {
    const waiting = this.#waiting.get(topic);
    if (waiting === undefined) this.#waiting.set(topic, [callback]);
    else waiting.push(callback);
    this.#check(topic);
  }

  /** Calls back, never synchronously, when no resolver of the request waits for a later turn. */
  whenReleased(callback: () => void): void {
    setImmediate(() => {
      if (this.#held > 0) this.#untilReleased.push(callback);
      else callback();
    });
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
