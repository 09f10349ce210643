import { randomUUID } from 'node:crypto';
import { RefusedError, UnreachableError } from '../watch/gateway.ts';
import { harmless } from '../watch/paint.ts';
import type { Flags, Run } from './command.ts';

/** Flags of every command that changes something. */
export const WRITE_FLAGS = {
  'dry-run': { type: 'boolean' },
  key: { type: 'string' },
} as const satisfies Flags;

/** Flags of a command that asks before it changes something. */
export const ASKING_FLAGS = { ...WRITE_FLAGS, yes: { type: 'boolean', short: 'y' } } as const satisfies Flags;

/** Flags of a command that follows what it began. */
export const FOLLOWING_FLAGS = { 'no-wait': { type: 'boolean' }, timeout: { type: 'string' } } as const satisfies Flags;

export const CLUSTER_FLAG = { cluster: { type: 'string', short: 'c' } } as const satisfies Flags;
export const CLUSTER_HELP = "  --cluster <cluster>   name or ARN; default as ECS's: default\n";

export const WRITE_HELP = `  --dry-run             show the calls that it would make, and make none
  --key <key>           idempotency key; sent again with its key, a command goes on where it stopped and does nothing twice
`;
export const ASKING_HELP = '  --yes, -y             do not ask; needed where there is no terminal to ask on\n';
export const FOLLOWING_HELP = `  --no-wait             do not follow it to its end
  --timeout <duration>  time limit of following, as for watch, with exit code 124
`;

type WriteRun = Run<typeof WRITE_FLAGS>;

export interface PlannedCall {
  readonly operation: string;
  readonly changes: readonly {
    readonly field: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

/** The selection of `PlannedCall`. */
export const PLAN = 'plan { operation input changes { field before after } }';

/** A mutation with the variables `dryRun` and `key`, and one root field whose payload has a plan. */
export interface Mutation {
  readonly query: string;
  readonly variables: object;
}

/** The idempotency key of a mutation. */
export interface Key {
  /** The value that `--key` needs to continue. */
  readonly key: string;
  /** The number of the mutation, for a command that sends several. Each has a key of its own. */
  readonly part?: number;
  /** Flags that the user did not give, and that the same mutation needs. */
  readonly flags?: string | undefined;
}

/** The key that the user gave, or else a new one. */
export function keyOf({ values }: WriteRun): string {
  return values.key ?? randomUUID();
}

/**
 * Sends a mutation, or its dry run.
 * @throws {RefusedError}
 * @throws {UnreachableError} with the key to send it again with
 */
export async function write<Payload extends object>(
  run: WriteRun,
  { query, variables }: Mutation,
  { key, part, flags }: Key = { key: keyOf(run) },
): Promise<Payload> {
  const { send, values, host } = run;
  const sent = part === undefined ? key : `${key} ${part}`;
  const isDry = values['dry-run'] === true;
  try {
    const payload = await send<Payload>(query, { ...variables, dryRun: isDry, key: isDry ? undefined : sent });
    if (payload === null) throw new Error('The gateway answered without a result.');
    return payload;
  } catch (error) {
    if (!isDry && mayBeDone(error))
      host.err(
        `It may be done. To find out and to go on, send it again with ${[`--key ${key}`, flags].filter(Boolean).join(' ')} (to the same gateway process).\n`,
      );
    throw error;
  }
}

/** Whether something may have been done by a mutation that failed. */
function mayBeDone(error: unknown): boolean {
  if (error instanceof UnreachableError) return error.mayBeSent;
  if (!(error instanceof RefusedError)) return true;
  const { code, done } = error.reason?.extensions ?? {};
  return code === 'OUTCOME_UNKNOWN' || (Array.isArray(done) && done.length > 0);
}

/** The plan in words, one line for each call and each change. */
export function planLines(plan: readonly PlannedCall[]): string[] {
  if (plan.length === 0) return ['Nothing to do.'];
  return plan.flatMap(({ operation, changes }) => [
    operation,
    ...changes.map(({ field, before, after }) => `  ${field}: ${before ?? '(no value)'} -> ${after ?? '(by ECS)'}`),
  ]);
}

/**
 * Shows the plan of a dry run, and asks whether to go on.
 * @returns the exit code if it must not go on; undefined if it may
 */
export async function confirm(
  { host, values }: Run<typeof ASKING_FLAGS>,
  shown: readonly string[],
  question: string,
): Promise<number | undefined> {
  if (values.yes === true) return undefined;
  if (host.ask === undefined) {
    host.err('--yes is needed: there is no terminal to ask on. See what it would do with --dry-run.\n');
    return 2;
  }
  host.err(shown.map((line) => `${harmless(line)}\n`).join(''));
  if (await host.ask(question)) return undefined;
  host.err('Nothing was done.\n');
  return 1;
}
