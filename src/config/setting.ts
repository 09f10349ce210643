import type { ValueType } from './types.ts';

export type Command = 'sandbox' | 'serve' | 'ecs';

/** The settings that a default may depend on. */
export interface DefaultInput {
  readonly command: Command;
  readonly host: string;
}

/** One setting: a line in the help and the documentation, a flag, an environment variable and a field of Config. */
export interface Setting<T> {
  readonly env: string;
  /** A variable that is read if the first is not set. */
  readonly otherEnv?: string;
  readonly type: ValueType<T>;
  readonly commands: readonly Command[];
  /** A shorter flag for one command, used when other commands have a setting with that flag. */
  readonly alias?: { readonly command: Command; readonly flag: string };
  readonly group: Group;
  readonly description: string;
  readonly initial: (input: DefaultInput) => T;
  /** How the documentation shows a default that is not one value. */
  readonly defaultText?: string;
}

export const GROUPS = [
  'Listening',
  'AWS',
  'Sandbox',
  'Access',
  'Upstream',
  'Limits',
  'Live',
  'Replicas',
  'Inventory',
  'History',
  'Operations',
  'Telemetry',
] as const;
export type Group = (typeof GROUPS)[number];

export const ALL: readonly Command[] = ['sandbox', 'serve', 'ecs'];
export const GATEWAY: readonly Command[] = ['sandbox', 'serve'];
export const SIMULATED: readonly Command[] = ['sandbox', 'ecs'];

/** The columns that most settings need. */
type Row<T> = [env: string, type: ValueType<T>, initial: T, description: string];

/** Creates the settings of one group. */
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
