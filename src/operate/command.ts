import { parseArgs } from 'node:util';
import { joinedNumbers } from '../config/joined-numbers.ts';
import { optionProblem } from '../config/unknown-option.ts';
import {
  GATEWAY_HELP,
  type Gateway,
  gatewayOf,
  isWrongArgument,
  messageOf,
  RefusedError,
  refused,
} from '../watch/gateway.ts';
import type { WatchHost } from '../watch/index.ts';
import { harmless } from '../watch/paint.ts';
import { send } from './send.ts';

/** The parts of the process that these commands use. */
export interface OperateHost extends WatchHost {
  /** Asks the user yes or no. Undefined if there is no terminal to ask on. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
}

interface Flag {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
}
export type Flags = Readonly<Record<string, Flag>>;
type Value<F extends Flag> = F['type'] extends 'boolean' ? boolean : F['multiple'] extends true ? string[] : string;
export type Values<F extends Flags> = { readonly [Name in keyof F]?: Value<F[Name]> };

const COMMON = { url: { type: 'string' }, json: { type: 'boolean' } } as const satisfies Flags;
const COMMON_HELP = `${GATEWAY_HELP}  --json                print the answer as JSON, as where the output is no terminal

A bearer token is read from ECS_GRAPHQL_TOKEN.
`;

/** The command line is wrong in this way. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A resource that the command line names does not exist. */
export function notFound(problem: string): Error {
  return refused({ message: problem, extensions: { code: 'NOT_FOUND' } });
}

/** One run of a command. */
export interface Run<F extends Flags> {
  readonly values: Values<F>;
  /** The words of the command line that are not flags. */
  readonly words: readonly string[];
  /** The words behind `--`. */
  readonly rest: readonly string[];
  readonly gateway: Gateway;
  readonly host: OperateHost;
  readonly isJson: boolean;
  /** Aborts when the user wants to stop. */
  readonly signal: AbortSignal;
  /**
   * Sends a query or a mutation with one root field and returns the value of that field. Errors below it are printed.
   * @throws {RefusedError}
   * @throws {UnreachableError}
   */
  send<Sent>(query: string, variables: object): Promise<Sent | null>;
  /** Prints a result: as JSON, or as lines for people. */
  print(result: unknown, lines: readonly string[]): void;
}

/** A command that sends an operation to a running gateway. */
export interface OperateCommand {
  readonly summary: string;
  readonly help: string;
  /** Resolves with the exit code. */
  readonly run: (argv: readonly string[], host: OperateHost) => Promise<number>;
}

interface CommandSpec<F extends Flags> {
  /** One line for the list of commands. */
  readonly summary: string;
  /** How to call it, one line for each way, without the program's name. */
  readonly usage: readonly string[];
  /** Its description, and its flags beside those of every command. */
  readonly help: string;
  readonly flags: F;
  /** Resolves with the exit code; throws a UsageError for a wrong command line. */
  readonly run: (run: Run<F>) => Promise<number>;
}

/**
 * Creates a command with the flags `--url` and `--json`. Its exit code is 0 for success, 1 for a failure (the reason is
 * on stderr), 2 for a wrong command line, also where the gateway finds that, 130 if it was interrupted.
 */
export function createCommand<const F extends Flags>(spec: CommandSpec<F>): OperateCommand {
  const usage = spec.usage.map((way, at) => `${at === 0 ? 'Usage:' : '      '} ecs-graphql ${way}\n`).join('');
  const flags = { ...COMMON, ...spec.flags };
  return {
    summary: spec.summary,
    help: `${usage}\n${spec.help}${COMMON_HELP}`,
    async run(argv, host) {
      const controller = new AbortController();
      const { signal } = controller;
      const removeListener = host.onStop(() => controller.abort());
      try {
        const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
        const { values, positionals: words } = readFlags(argv.slice(0, end), flags);
        const gateway = gatewayOf(values.url, host.env);
        const isJson = values.json === true || host.terminal === undefined;
        return await spec.run({
          values: values as Values<F>,
          words,
          rest: argv.slice(end + 1),
          gateway,
          host,
          isJson,
          signal,
          async send<Sent>(query: string, variables: object) {
            const { value, errors } = await send<Sent>(gateway, { query, variables, signal });
            for (const { message } of errors) host.err(`${harmless(message)}\n`);
            return value;
          },
          print(result, lines) {
            host.out(isJson ? `${JSON.stringify(result)}\n` : lines.map((line) => `${harmless(line)}\n`).join(''));
          },
        });
      } catch (error) {
        if (error instanceof UsageError || error instanceof RangeError) {
          host.err(`${error.message}\n\n${usage}`);
          return 2;
        }
        if (signal.aborted) return 130;
        host.err(`${harmless(messageOf(error))}\n${stepsOf(error)}`);
        return isWrongArgument(error) ? 2 : 1;
      } finally {
        removeListener();
      }
    },
  };
}

function readFlags(argv: readonly string[], options: Flags & typeof COMMON) {
  try {
    const args = joinedNumbers(argv, options);
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { values: values as Values<Flags & typeof COMMON>, positionals };
  } catch (error) {
    throw new UsageError(optionProblem(error, Object.keys(options)));
  }
}

interface Step {
  readonly operation: string;
  readonly resource?: string;
}

/** The writes that a mutation had done when it failed, and those that it had not. */
function stepsOf(error: unknown): string {
  if (!(error instanceof RefusedError)) return '';
  const { done, pending } = error.reason?.extensions ?? {};
  const list = (what: string, steps: unknown) =>
    (Array.isArray(steps) ? (steps as readonly Step[]) : [])
      .map(({ operation, resource = '' }) => `  ${what}: ${harmless(`${operation} ${resource}`.trim())}\n`)
      .join('');
  return `${list('done', done)}${list('not done', pending)}`;
}
