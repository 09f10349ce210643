import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Turns } from '../../../src/turns/turns.ts';

/** Turns that last, so that a busy machine changes no order. */
export const ENDLESS: Turns = {
  isOver: () => false,
  next: () => Promise.reject(new Error('there is but one turn')),
  take: () => undefined,
  isCrowding: () => false,
  forget: () => undefined,
};

/** Turns that are always over, and run one piece of work each. */
export function shortTurns(): Turns {
  const waiting: (() => void)[] = [];
  const take = () => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(take);
  };
  return {
    isOver: () => true,
    next: () => {
      if (waiting.length === 0) setImmediate(take);
      return new Promise<void>((resolve) => waiting.push(resolve));
    },
    take: () => undefined,
    isCrowding: () => false,
    forget: () => undefined,
  };
}

/** All that a result says, as text: the order of its keys counts too. */
export function textOf(result: ExecutionResult): string {
  return JSON.stringify(
    {
      keys: Object.keys(result),
      data: result.data,
      errors: result.errors?.map((error) => ({
        class: error instanceof GraphQLError,
        message: error.message,
        path: error.path,
        locations: error.locations,
        nodes: error.nodes?.map(({ kind, loc }) => [kind, loc?.start]),
        extensions: error.extensions,
        cause: error.originalError?.message,
        json: error.toJSON(),
      })),
    },
    (_key, value: unknown) => (value === undefined ? '(undefined)' : value),
    1,
  );
}

/** Lets everything run that waits for nothing. */
export async function settle(): Promise<void> {
  await nextTurn();
}

/** Runs with unhandled rejections counted instead of ending the process. */
export async function countUnhandled<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const others = process.listeners('unhandledRejection');
  let count = 0;
  const onUnhandled = () => {
    count += 1;
  };
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', onUnhandled);
  try {
    const result = await work();
    await settle();
    return [result, count];
  } finally {
    process.off('unhandledRejection', onUnhandled);
    for (const listener of others) process.on('unhandledRejection', listener);
  }
}
