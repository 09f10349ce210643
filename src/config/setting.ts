import type { ValueType } from './types.ts';

export type Command = 'sandbox' | 'serve' | 'ecs';

/** What a default may depend on. */
export interface DefaultInput {
  readonly command: Command;
  readonly host: string;
}

/** One setting: a line in the help and in the documentation, a flag, an environment variable and a field of Config. */
export interface Setting<T> {
  readonly env: string;
  /** Another variable, read where that is not set. */
  readonly otherEnv?: string;
  readonly type: ValueType<T>;
  readonly commands: readonly Command[];
  /** A shorter flag of one command, where the flag of the same name belongs to a setting of other commands. */
  readonly alias?: { readonly command: Command; readonly flag: string };
  readonly group: Group;
  readonly description: string;
  readonly initial: (input: DefaultInput) => T;
  /** How the default reads in the documentation, where it is not one value. */
  readonly defaultText?: string;
}

export const GROUPS = ['Listening', 'AWS', 'Sandbox', 'Access', 'Upstream', 'Limits', 'Live', 'Operations'] as const;
export type Group = (typeof GROUPS)[number];

export const ALL: readonly Command[] = ['sandbox', 'serve', 'ecs'];
export const GATEWAY: readonly Command[] = ['sandbox', 'serve'];
export const SIMULATED: readonly Command[] = ['sandbox', 'ecs'];

/** What most settings are given by. */
type Row<T> = [env: string, type: ValueType<T>, initial: T, description: string];

/** Makes the settings of one group. */
export function rows(group: Group, commands: readonly Command[]) {
  return <T>(...[env, type, initial, description]: Row<T>): Setting<T> => ({
    env,
    type,
    commands,
    group,
    description,
    initial: () => initial,
  });
}
