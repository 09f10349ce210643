import { setFlagsFromString } from 'node:v8';

/** What an engine needs to go back for: it could take for ever, and no expression needs it. */
const BACK_REFERENCE = /\\[1-9k]|\(\?<?[=!]/;

/** The whole of a value must match. Undefined for what is no pattern. */
export function toPattern(text: string): RegExp | undefined {
  if (BACK_REFERENCE.test(text)) return undefined;
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    return undefined;
  }
}

/**
 * Has the engine give up patterns like `(a+)+`, which take it twice as long with each letter more, for its own way of
 * matching that takes as long as the text: or one request would stop all others, for hours. A flag of V8's, for the process.
 */
export function boundPatterns(): void {
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
}
