import { shareKeyOf } from '../../pipeline/admission/caller-key.ts';
import { Job } from '../../turns/job.ts';
import type { Turns } from '../../turns/turns.ts';
import type { HttpPlugin } from './http-plugin.ts';

/**
 * Lets an authenticated request wait for its principal's turn, before its body is read and its document is parsed:
 * requests of one principal do not hold up those of others, whether they are answered or refused.
 */
export function useTurns(turns: Turns): HttpPlugin {
  return {
    onRequest({ serverContext }) {
      const { caller } = serverContext;
      if (caller === undefined) return undefined;
      const job = new Job(shareKeyOf(caller));
      serverContext.caller = { ...caller, job };
      return turns.take(job);
    },
  };
}
