/**
 * An operation as graphql-ws keeps it. It must be iterable, but graphql-ws calls `return` and nothing else, so there is
 * nothing to iterate.
 */
export abstract class Cancellable implements AsyncIterable<never> {
  async *[Symbol.asyncIterator](): AsyncGenerator<never> {}

  /** Called when the client has completed the operation or disconnected. */
  abstract return(): unknown;
}
