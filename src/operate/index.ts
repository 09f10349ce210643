import type { OperateCommand } from './command.ts';
import { diff } from './diff.ts';
import { preview } from './preview.ts';

/** The commands that send an operation to a running gateway, by name. */
export const OPERATE_COMMANDS: Readonly<Record<string, OperateCommand>> = { diff, preview };
