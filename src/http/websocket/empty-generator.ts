export const ENDED: IteratorReturnResult<void> = { done: true, value: undefined };

/** A generator that yields nothing and ends once, for results that graphql-ws waits for and does not send itself. */
export abstract class EmptyGenerator implements AsyncGenerator<never, void> {
  abstract next(): Promise<IteratorReturnResult<void>>;

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
