import { setTimeout as delay } from 'node:timers/promises';
import { hasReached, type MomentFacts } from '../live/deployment/deployment-moment.ts';
import { readArguments, WATCH_USAGE, type WatchArguments } from './arguments.ts';
import { isWrongArgument, messageOf, UnreachableError } from './gateway.ts';
import { createLiveView, type LiveView } from './live-view.ts';
import { queryOf, SUCCESS, type WatchEvent } from './queries.ts';
import { SCENES } from './scene.ts';
import { follow } from './stream.ts';
import type { Terminal } from './terminal.ts';

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
  /** Milliseconds of a monotonic clock. The process's own if absent. */
  readonly monotonic?: () => number;
  /** Undefined if the output is not a terminal. */
  readonly terminal?: Terminal | undefined;
}

/** Follows a resource on a gateway to its end and resolves with the exit code. */
export async function watch(argv: readonly string[], host: WatchHost): Promise<number> {
  const read = readArguments(argv, host.env);
  if (typeof read === 'string') {
    host.err(`${read}\n\n${WATCH_USAGE}`);
    return 2;
  }
  return followToEnd(read, host);
}

/** Shows what happens to a resource until it has ended, and resolves with the exit code. */
export async function followToEnd(read: WatchArguments, host: WatchHost): Promise<number> {
  const controller = new AbortController();
  const { signal } = controller;
  const removeListener = host.onStop(() => controller.abort());
  const wait = host.wait ?? ((ms: number) => delay(ms, undefined, { signal }));
  const monotonic = host.monotonic ?? (() => performance.now());
  const sceneOf = SCENES[read.kind];
  const terminal = read.json ? undefined : host.terminal;
  const view = terminal && createLiveView({ name: nameOf(read), sceneOf, terminal, out: host.out, monotonic });
  const onReconnect = (error: unknown) => {
    const reason = error instanceof UnreachableError ? error.message : `connection lost (${messageOf(error)})`;
    if (view) view.away(`${reason}, trying again`);
    else host.err(`${reason}, trying again\n`);
  };
  const { url, token, variables, kind, until } = read;
  const isLast = ({ progress }: WatchEvent) => until !== undefined && hasReached(until, progress as MomentFacts);
  const query = queryOf(kind, view ? sceneOf.selection : '');
  let last: WatchEvent | undefined;
  try {
    for await (const event of follow<WatchEvent>({
      url,
      token,
      variables,
      query,
      signal,
      onReconnect,
      wait,
      monotonic,
      isLast,
    })) {
      last = event;
      if (view) view.show(event);
      else host.out(`${JSON.stringify(event)}\n`);
    }
  } catch (error) {
    view?.end(undefined);
    if (!signal.aborted) {
      host.err(`${messageOf(error)}\n`);
      return isWrongArgument(error) ? 2 : 1;
    }
    if (view) host.err('Stopped watching; nothing else was stopped.\n');
    return 130;
  } finally {
    removeListener();
  }
  const { outcome = null } = last ?? {};
  if (until !== undefined && last !== undefined && outcome === null) {
    view?.end(undefined);
    return 0;
  }
  // A deployment that has succeeded has passed every stage, but for a pause it may not have had.
  const success = until === 'PAUSED' ? [] : (read.success ?? [SUCCESS[kind]]);
  if (until === 'PAUSED' && outcome === 'SUCCEEDED') host.err('The deployment ended without a pause.\n');
  return finish(last, success, view, host);
}

/** Shows how it ended, and the exit code for that. */
function finish(
  last: WatchEvent | undefined,
  success: readonly string[],
  view: LiveView | undefined,
  host: WatchHost,
): number {
  const outcome = last?.outcome ?? null;
  const isSuccess = outcome !== null && success.includes(outcome);
  view?.end(isSuccess);
  if (isSuccess) return 0;
  if (last !== undefined) host.err(`${last.summary}\n`);
  return outcome === 'TIMED_OUT' ? 124 : 1;
}

/** The followed resource in the words of the command line. */
function nameOf({ kind, variables }: WatchArguments): string {
  const short = (text: unknown) => String(text).replace(/^.*\//, '');
  const cluster = short(variables.cluster ?? 'default');
  if (kind === 'deployment') return `${short(variables.service)} in ${cluster}`;
  if (kind === 'drain') return `drain in ${cluster}`;
  const tasks = variables.tasks as readonly string[];
  return `${tasks.length === 1 ? `task ${short(tasks[0]).slice(0, 8)}` : `${tasks.length} tasks`} in ${cluster}`;
}
