import type { CliHost } from './host.ts';

/** `ecs-graphql watch` */
export async function watch(argv: readonly string[], host: CliHost): Promise<number> {
  const { watch: run } = await import('../watch/index.ts');
  const { terminalOf } = await import('../watch/terminal.ts');
  return run(argv, { ...host, terminal: terminalOf(process.stdout, host.env) });
}
