import { watch as run } from '../watch/index.ts';
import type { CliHost } from './commands.ts';

export { WATCH_HELP } from '../watch/index.ts';

/** `ecs-graphql watch` */
export function watch(argv: readonly string[], host: CliHost): Promise<number> {
  return run(argv, { ...host, columns: process.stdout.isTTY ? process.stdout.columns : undefined });
}
