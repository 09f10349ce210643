/** How the answer of one call is decoded. It reaches the protocol in the call's context, as `decoding`. */
export interface Decoding extends AnswerLimits {
  /** Waits until the event loop has time to decode the answer. */
  readonly turn: () => Promise<void> | undefined;
  /** Members to omit from the items of the answer's lists, sorted. */
  readonly without?: readonly string[];
  /** Called if members were omitted, with a function that decodes the answer completely. */
  readonly onTrimmed?: (whole: () => Promise<object>) => void;
}

/** Limits on the size and time of reading an answer. */
export interface AnswerLimits {
  readonly maxBytes: number;
  /** Time at which the attempt ends, by `performance.now()`. */
  readonly endsAt: number;
}
