/**
 * Which of one request's calls are under way, by topic (a cluster, say). A batch that is not full waits until its
 * topic is idle: while a call is under way its answer may bring more keys for the same batch; once nothing is, nothing can.
 */
export class Activity {
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

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
    if ((this.#running.get(topic) ?? 0) > 0) return;
    setImmediate(() => {
      if ((this.#running.get(topic) ?? 0) > 0) return;
      const waiting = this.#waiting.get(topic) ?? [];
      this.#waiting.delete(topic);
      this.#running.delete(topic);
      for (const callback of waiting) callback();
    });
  }
}
