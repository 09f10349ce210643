import { cleanUp } from './clean-up.ts';
import type { OperateCommand } from './command.ts';
import { deploy } from './deploy.ts';
import { diff } from './diff.ts';
import { preview } from './preview.ts';
import { replaceInstances } from './replace-instances.ts';
import { run } from './run.ts';
import { restart, rollback, scale } from './service-commands.ts';

/** The commands that send an operation to a running gateway, by name. */
export const OPERATE_COMMANDS: Readonly<Record<string, OperateCommand>> = {
  diff,
  preview,
  deploy,
  rollback,
  restart,
  scale,
  run,
  'replace-instances': replaceInstances,
  'clean-up': cleanUp,
};
