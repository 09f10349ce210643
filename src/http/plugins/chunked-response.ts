import type { ExecutionResult } from 'graphql';
import { textOf, writeMembers } from '../../pipeline/core/answer-text.ts';
import type { Writing } from '../../pipeline/core/chunked-json.ts';
import type { HttpPlugin } from './http-plugin.ts';

/** Writes the data of an answer over several turns, before Yoga would write all of it at once. */
export function useAnswerText(writing: Writing): HttpPlugin {
  return {
    async onResultProcess({ result, request, setResult }) {
      const own = { ...writing, signal: request.signal };
      if (Array.isArray(result)) setResult(await Promise.all(result.map((each) => withText(each, own))));
      else if (!(Symbol.asyncIterator in result)) setResult(await withText(result, own));
    },
  };
}

async function withText(result: ExecutionResult, writing: Writing): Promise<ExecutionResult> {
  if (!result.data) return result;
  const { written, result: answer } = await writeMembers(result, writing);
  if (written === undefined) return answer;
  // Yoga calls it with the result without Yoga's own extensions.
  const stringify = ({ stringify: _, ...rest }: ExecutionResult & { stringify?: unknown }) => textOf(rest, written);
  return { ...result, stringify } as ExecutionResult;
}
