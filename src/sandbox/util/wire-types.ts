/**
 * AWS's shapes in JSON. They derive from the SDK's types, so that no field can be forgotten or misspelled; only
 * timestamps differ, which are epoch seconds.
 */
export type Wire<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [K in keyof T]: Wire<T[K]> }
      : T;

/** An input that `validate` has accepted: it has everything that AWS requires. */
export type Input<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? Input<Item>[]
    : T extends object
      ? { [K in keyof T]: object extends Pick<T, K> ? Input<T[K]> : Input<NonNullable<T[K]>> }
      : T;

/** The caller. ECS keeps account settings for each principal. */
export interface Caller {
  readonly principalArn: string;
  /** The default account if absent. */
  readonly account?: string | undefined;
  /** The access key of its signature, if it has one. */
  readonly accessKey?: string | undefined;
  /** The host and port by which it reached the sandbox; undefined without a network. */
  readonly host?: string | undefined;
  /** Aborted when its connection closes before the answer. */
  readonly gone?: AbortSignal | undefined;
}

export type Tags = { key?: string | undefined; value?: string | undefined }[];

/** Virtual milliseconds to epoch seconds on the wire. */
export function toSeconds(time: number): number {
  return time / 1000;
}

/** The same for a time that may not be set yet. */
export function toOptionalSeconds(time: number | undefined): number | undefined {
  return time === undefined ? undefined : time / 1000;
}
