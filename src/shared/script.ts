import { createHash } from 'node:crypto';

/** A Lua script that Redis runs as a whole. It must check its arguments first: a script that fails keeps its writes. */
export interface Script {
  /** Name in metrics. */
  readonly name: string;
  readonly text: string;
  readonly sha: string;
}

export function createScript(name: string, text: string): Script {
  return { name, text, sha: createHash('sha1').update(text).digest('hex') };
}
