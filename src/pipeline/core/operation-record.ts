import type { ExecutionResult, GraphQLError, OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { Logger } from 'pino';
import { currentSpan } from '../../ecs/tracing/spans.ts';
import { capped, traceIds } from '../../observe/log.ts';
import type { Caller } from './request-context.ts';

/** Receives the counts of operations. */
export interface OperationObserver {
  /** An operation was refused or has ended, with this error code if any. */
  operation(type: OperationTypeNode | 'unknown', code: string | undefined, seconds: number): void;
  /** An event was executed for a whole group. */
  executed(): void;
  /** An event was sent to one subscriber. */
  sent(transport: Caller['transport']): void;
}

/** The log line and the counts of one operation, written when it ends. */
export class OperationRecord {
  readonly #started = performance.now();
  readonly #log: Logger;
  #named: Logger | undefined;
  readonly #observer: OperationObserver | undefined;
  readonly #caller: Pick<Caller, 'requestId' | 'principal' | 'transport'>;
  /** A subscription ends long after its span. */
  readonly #span = currentSpan();

  constructor({ requestId, principal, transport }: Caller, log: Logger, observer: OperationObserver | undefined) {
    this.#caller = { requestId, principal, transport };
    this.#log = log;
    this.#observer = observer;
  }

  /** The log with the caller's name and the ids of the operation's span. Created on demand: there are many subscribers, and most log nothing. */
  get log(): Logger {
    this.#named ??= this.createLog();
    return this.#named;
  }

  /** A log with the caller's name that is not kept for the life of the record. */
  createLog(): Logger {
    const { requestId, principal, transport } = this.#caller;
    return this.#log.child({ requestId, principal: principal.name, transport, ...traceIds(this.#span) });
  }

  refused(error: GraphQLError, type: OperationTypeNode | 'unknown'): ExecutionResult {
    this.log.info({ code: error.extensions.code }, 'operation refused');
    this.#observer?.operation(type, String(error.extensions.code), this.#seconds());
    return { errors: [error] };
  }

  ended(node: OperationDefinitionNode, errors: readonly GraphQLError[] = [], more: Record<string, unknown> = {}): void {
    const operation = node.name === undefined ? undefined : capped(node.name.value);
    const seconds = this.#seconds();
    const code = errors[0]?.extensions.code;
    const durationMs = Math.round(seconds * 1_000);
    const outcome = { ...(errors[0] && { code, errors: errors.length }), ...more };
    this.log.info({ type: node.operation, operation, durationMs, ...outcome }, 'operation');
    this.#observer?.operation(node.operation, errors[0] && String(code), seconds);
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1_000;
  }
}
