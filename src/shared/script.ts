import { createHash } from 'node:crypto';

/** A Lua script that Redis runs as a whole. It must check its arguments first: a script that fails keeps its writes. */
export interface Script {
  /** Name in metrics. */
  readonly name: string;
  readonly text: string;
  readonly sha: string;
  /** Time for an answer; undefined for the time that a request can wait. */
  readonly limitMs?: number | undefined;
}

export function createScript(name: string, text: string, limitMs?: number): Script {
  return { name, text, limitMs, sha: createHash('sha1').update(text).digest('hex') };
}

/** Sets `t` to the server's time in seconds and microseconds, and `now` to that in milliseconds. */
export const SERVER_TIME = "local t=redis.call('TIME') local now=t[1]*1000+math.floor(t[2]/1000)";
