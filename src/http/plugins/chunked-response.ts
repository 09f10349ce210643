import type { ExecutionResult } from 'graphql';
import { textOf, type WrittenResult, writeMembers } from '../../pipeline/core/answer-text.ts';
import type { Writing } from '../../pipeline/core/chunked-json.ts';
import type { HttpPlugin } from './http-plugin.ts';

/** Writes the data of an answer over several turns, before Yoga would write all of it at once. */
export function useAnswerText(writing: Writing): HttpPlugin {
  return {
    onResultProcess({ result, request, serverContext, setResult }) {
      const own = { ...writing, signal: request.signal, job: serverContext.caller?.job };
      if (Array.isArray(result)) return Promise.all(result.map((each) => withText(each, own))).then(setResult);
      if (Symbol.asyncIterator in result) return undefined;
      const answer = withText(result, own);
      return answer instanceof Promise ? answer.then(setResult) : setResult(answer);
    },
  };
}

function withText(result: ExecutionResult, writing: Writing): ExecutionResult | Promise<ExecutionResult> {
  if (!result.data) return result;
  const members = writeMembers(result, writing);
  return members instanceof Promise ? members.then(toAnswer) : toAnswer(members);
}

function toAnswer({ result, written }: WrittenResult): ExecutionResult {
  if (written === undefined) return result;
  // Yoga calls it with the result without Yoga's own extensions.
  const stringify = ({ stringify: _, ...rest }: ExecutionResult & { stringify?: unknown }) => textOf(rest, written);
  return { ...result, stringify } as ExecutionResult;
}
