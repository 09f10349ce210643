/** The result of a resolver: a value that is already known is returned without a promise. */
export type MaybePromise<T> = T | Promise<T>;
