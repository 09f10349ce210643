import type { CliHost } from './host.ts';

/** `ecs-graphql watch` */
export async function watch(argv: readonly string[], host: CliHost): Promise<number> {
  const { watch: run } = await import('../watch/index.ts');
  return run(argv, { ...host, columns: process.stdout.isTTY ? process.stdout.columns : undefined });
}
