import type { ExecutionResult } from 'graphql';
import { jsonInTurns, TooLongError, type Writing } from './chunked-json.ts';
import { formatError, requestError } from './public-errors.ts';

/** Above this number of errors, errors are written over several turns. */
const FEW_ERRORS = 50;

/** Members of an answer that are already serialised. */
type Written = ReadonlyMap<string, readonly string[]>;

/**
 * Serialises an answer for a transport without HTTP status, over several turns.
 * @returns the text of an error answer instead if it would be too long
 */
export async function answerText(result: ExecutionResult, writing: Writing): Promise<string> {
  const { written, result: answer } = await writeMembers(result, writing);
  const { errors, data, extensions } = answer;
  return textOf(
    {
      ...(errors && { errors: errors.map(formatError) }),
      ...(data !== undefined && { data }),
      ...(extensions && { extensions }),
    },
    written ?? new Map(),
  );
}

/**
 * Set in the result of an operation that selects only the schema. MAX_RESPONSE is about data, so the schema may be as
 * long as tools need even if MAX_RESPONSE is lower. Aliases can repeat the schema, so it has a limit too.
 */
export const IS_SCHEMA = Symbol('is schema');
/** Twice the answer to the longest introspection query of a tool. */
const SCHEMA_CHARACTERS = 4_000_000;

/** Set in the result of an operation that has few objects: its data is serialised at once. */
export const IS_SHORT = Symbol('is short');

export interface WrittenResult {
  readonly result: ExecutionResult;
  readonly written?: Written;
}

/** Serialises the large members of an answer; returns the error answer instead if they are too long. */
export function writeMembers(result: ExecutionResult, writing: Writing): WrittenResult | Promise<WrittenResult> {
  if (!(IS_SHORT in result) || (result.errors?.length ?? 0) > FEW_ERRORS) return writeInTurns(result, writing);
  const text = JSON.stringify(result.data);
  const { most = 0 } = writing;
  if (text === undefined || (most > 0 && text.length > most)) return writeInTurns(result, writing);
  return { result, written: new Map([['data', [text]]]) };
}

async function writeInTurns(result: ExecutionResult, writing: Writing): Promise<WrittenResult> {
  const isSchema = IS_SCHEMA in result;
  const { most = 0 } = writing;
  const dataWriting = isSchema && most > 0 ? { ...writing, most: Math.max(most, SCHEMA_CHARACTERS) } : writing;
  try {
    const written = new Map<string, readonly string[]>();
    if (result.data) written.set('data', await jsonInTurns(result.data, dataWriting));
    const { errors = [] } = result;
    if (errors.length > FEW_ERRORS) written.set('errors', await jsonInTurns(errors.map(formatError), writing));
    return { result, written };
  } catch (error) {
    if (!(error instanceof TooLongError)) throw error;
    const advice = isSchema ? 'Ask for the schema once, without aliases.' : 'Smaller pages (first) need fewer.';
    const message = `The answer has more than ${dataWriting.most} characters (MAX_RESPONSE). ${advice}`;
    return { result: { errors: [requestError('RESPONSE_TOO_LARGE', message)] } };
  }
}

/** An answer as JSON, with its members in their order. */
export function textOf(answer: object, written: Written): string {
  const members = Object.entries(answer).flatMap(([name, value]) => {
    const parts = written.get(name) ?? [JSON.stringify(value)];
    return parts[0] === undefined ? [] : [[`${JSON.stringify(name)}:`, ...parts]];
  });
  return ['{', ...members.flatMap((parts, at) => (at === 0 ? parts : [',', ...parts])), '}'].join('');
}
