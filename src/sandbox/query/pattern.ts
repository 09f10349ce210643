import { setFlagsFromString } from 'node:v8';

/** Constructs that need backtracking: they could take forever, and no expression needs them. */
const BACK_REFERENCE = /\\[1-9k]|\(\?<?[=!]/;

/** The pattern must match the whole value. Undefined for an invalid pattern. */
export function toPattern(text: string): RegExp | undefined {
  if (BACK_REFERENCE.test(text)) return undefined;
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    return undefined;
  }
}

/**
 * Makes the engine switch from backtracking to linear matching for patterns like `(a+)+`, which take twice as long with
 * each further letter: otherwise one request could block all others for hours. This is a V8 flag for the process.
 */
export function boundPatterns(): void {
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
}
