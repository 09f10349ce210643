import type { Caller, Operation } from './operation.ts';

/** One subscriber's part in the execution of an event. */
export interface Share<Result> {
  readonly result: Promise<Result>;
  /** The subscriber has gone. The last one to go ends an execution that is still under way. */
  readonly leave: () => void;
}

/** Executes what several subscribers selected of the same event once. */
export interface SharedExecutions<Result> {
  /**
   * Joins the execution of this event for this group, or starts it. Events are told apart by identity: an event that was made
   * for one follower (joined from several by `minInterval`) and one that is no object are executed by themselves.
   */
  join(event: unknown, group: string, execute: Execute<Result>): Share<Result>;
}

type Execute<Result> = (signal: AbortSignal) => Promise<Result>;

/** For so long after it ended, a result is kept for those who were still busy with the event before. */
const KEEP_MS = 1_000;

interface Execution<Result> {
  readonly result: Promise<Result>;
  readonly abort: () => void;
  subscribers: number;
}

/** The executions of one process. Nothing of them outlives the delivery of their event. */
export function createSharedExecutions<Result>(): SharedExecutions<Result> {
  const byEvent = new WeakMap<object, Map<string, Execution<Result>>>();

  function groupsOf(event: unknown): Map<string, Execution<Result>> {
    if (typeof event !== 'object' || event === null) return new Map();
    const groups = byEvent.get(event) ?? new Map<string, Execution<Result>>();
    byEvent.set(event, groups);
    return groups;
  }

  function start(groups: Map<string, Execution<Result>>, group: string, execute: Execute<Result>): Execution<Result> {
    const controller = new AbortController();
    const forget = () => {
      if (groups.get(group) === execution) groups.delete(group);
    };
    const result = execute(controller.signal).finally(() => setTimeout(forget, KEEP_MS).unref());
    const abort = () => {
      forget();
      controller.abort();
    };
    const execution: Execution<Result> = { result, abort, subscribers: 0 };
    groups.set(group, execution);
    return execution;
  }

  return {
    join(event, group, execute) {
      const groups = groupsOf(event);
      const execution = groups.get(group) ?? start(groups, group, execute);
      execution.subscribers += 1;
      return {
        result: execution.result,
        leave() {
          execution.subscribers -= 1;
          if (execution.subscribers === 0) execution.abort();
        },
      };
    },
  };
}

/** Names the group of a subscription: those with equal names are sent the same bytes for the same event. */
export function createGrouping(): (operation: Operation, caller: Caller) => string {
  const documents = new WeakMap<object, number>();
  let count = 0;
  return ({ document, operationName, variableValues }, { principal, fresh }) => {
    let number = documents.get(document);
    if (number === undefined) {
      count += 1;
      number = count;
      documents.set(document, number);
    }
    // The transport and the request's id are left out: a result tells neither.
    return JSON.stringify([number, operationName ?? null, variableValues ?? {}, principal, fresh ?? false]);
  };
}
