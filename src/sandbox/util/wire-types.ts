/**
 * AWS's shapes as they travel in JSON. The SDK's own types are the source, so that a field can neither be forgotten nor
 * misspelled: only timestamps differ, which travel as epoch seconds.
 */
export type Wire<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [K in keyof T]: Wire<T[K]> }
      : T;

/** An input that `validate` has let through: what AWS requires is there. */
export type Input<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? Input<Item>[]
    : T extends object
      ? { [K in keyof T]: object extends Pick<T, K> ? Input<T[K]> : Input<NonNullable<T[K]>> }
      : T;

/** Who calls. ECS keeps account settings for each principal. */
export interface Caller {
  readonly principalArn: string;
  /** The usual account where none is given. */
  readonly account?: string | undefined;
  /** What it signs with, if it does. */
  readonly accessKey?: string | undefined;
  /** How it has reached the sandbox, with the port; undefined for who is not on the network. */
  readonly host?: string | undefined;
}

export type Tags = { key?: string | undefined; value?: string | undefined }[];

/** Virtual milliseconds to what the wire carries. */
export function toSeconds(time: number): number {
  return time / 1000;
}

/** The same for a moment that may not have come yet. */
export function toOptionalSeconds(time: number | undefined): number | undefined {
  return time === undefined ? undefined : time / 1000;
}
