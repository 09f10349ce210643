import type { ExecutionResult } from 'graphql';
import { jsonInTurns } from './chunked-json.ts';
import type { HttpPlugin } from './http-plugin.ts';

/** Writes an answer's data in turns, before Yoga would write all of it in one go. */
export function useAnswerText(): HttpPlugin {
  return {
    async onResultProcess({ result, setResult }) {
      if (Array.isArray(result)) setResult(await Promise.all(result.map(withText)));
      else if (!(Symbol.asyncIterator in result)) setResult(await withText(result));
    },
  };
}

async function withText(result: ExecutionResult): Promise<ExecutionResult> {
  if (!result.data) return result;
  const data = await jsonInTurns(result.data);
  // Yoga calls it with what is left of the result when it has taken out its own extensions.
  return { ...result, stringify: (answer: ExecutionResult) => answerText(answer, data) } as ExecutionResult;
}

/** An answer as JSON, its members in their order. */
function answerText(
  { stringify: _, ...answer }: ExecutionResult & { stringify?: unknown },
  data: readonly string[],
): string {
  const members = Object.entries(answer).flatMap(([name, value]) => {
    const parts = name === 'data' ? data : [JSON.stringify(value)];
    return parts[0] === undefined ? [] : [[`${JSON.stringify(name)}:`, ...parts]];
  });
  return ['{', ...members.flatMap((parts, at) => (at === 0 ? parts : [',', ...parts])), '}'].join('');
}
