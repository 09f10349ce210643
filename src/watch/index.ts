import { setTimeout as delay } from 'node:timers/promises';
import { readArguments, WATCH_HELP } from './arguments.ts';
import { QUERIES, SUCCESS, type WatchEvent } from './queries.ts';
import { toJsonLine, toTerminal } from './render.ts';
import { follow, UnreachableError } from './stream.ts';

export { WATCH_HELP } from './arguments.ts';

/** The parts of the process that `watch` uses. */
export interface WatchHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Calls the listener when the user wants to stop. The returned function removes the listener. */
  readonly onStop: (listener: () => void) => () => void;
  /** Waits this many milliseconds between attempts to connect. Real time if absent. */
  readonly wait?: (ms: number) => Promise<void>;
  /** Width of the terminal; undefined if the output is not a terminal. */
  readonly columns?: number | undefined;
}

/** Follows a resource on a gateway to its end and resolves with the exit code. */
export async function watch(argv: readonly string[], host: WatchHost): Promise<number> {
  const read = readArguments(argv, host.env);
  if (typeof read === 'string') {
    host.err(`${read}\n\n${WATCH_HELP}`);
    return 2;
  }
  const columns = read.json ? undefined : host.columns;
  const controller = new AbortController();
  const removeListener = host.onStop(() => controller.abort());
  const wait = host.wait ?? ((ms: number) => delay(ms, undefined, { signal: controller.signal }));
  let last: WatchEvent | undefined;
  let isOnBar = false;
  // The bar has no line end, so that the next one can be drawn over it.
  const leaveBar = () => {
    if (isOnBar) host.out('\n');
    isOnBar = false;
  };
  const onReconnect = (error: unknown) => {
    const reason = error instanceof UnreachableError ? error.message : `connection lost (${messageOf(error)})`;
    leaveBar();
    host.err(`${reason}, trying again\n`);
  };
  try {
    const { url, token, variables } = read;
    const { signal } = controller;
    const monotonic = () => performance.now();
    const request = { url, token, variables, query: QUERIES[read.kind], signal, onReconnect, wait, monotonic };
    for await (const event of follow<WatchEvent>(request)) {
      last = event;
      host.out(columns === undefined ? toJsonLine(event) : toTerminal(event, columns));
      isOnBar = columns !== undefined && event.outcome === null;
    }
  } catch (error) {
    leaveBar();
    if (controller.signal.aborted) return 130;
    host.err(`${messageOf(error)}\n`);
    return 1;
  } finally {
    removeListener();
  }
  const outcome = last?.outcome ?? null;
  if (outcome === SUCCESS[read.kind]) return 0;
  if (last !== undefined) host.err(`${last.summary}\n`);
  return outcome === 'TIMED_OUT' ? 124 : 1;
}

/** `fetch` keeps the reason of a failure in the cause of its error. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
