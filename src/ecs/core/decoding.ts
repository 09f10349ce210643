/** How one call's answer is to be decoded; handed to the protocol in the call's context, as `decoding`. */
export interface Decoding extends AnswerLimits {
  /** Waits until the event loop has time for an answer of so many bytes. */
  readonly turn: (bytes: number) => Promise<void> | undefined;
  /** Members of the things in the answer's lists to leave out, sorted. */
  readonly without?: readonly string[];
  /** Told how to decode the answer again with all that was left out, if anything was. */
  readonly onTrimmed?: (whole: () => Promise<object>) => void;
}

/** How much of an answer is read, and for how long. */
export interface AnswerLimits {
  readonly maxBytes: number;
  /** When the attempt ends, as `performance.now()` measures it. */
  readonly endsAt: number;
}
