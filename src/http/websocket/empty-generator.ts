export const ENDED: IteratorReturnResult<void> = { done: true, value: undefined };

/** An operation to graphql-ws, which calls `return` and nothing else: it yields nothing. */
export abstract class EmptyGenerator implements AsyncGenerator<never, void> {
  async next(): Promise<IteratorReturnResult<void>> {
    return ENDED;
  }

  /** Called when the client has completed the operation or disconnected. */
  abstract return(): Promise<IteratorReturnResult<void>>;

  throw(): Promise<IteratorReturnResult<void>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
