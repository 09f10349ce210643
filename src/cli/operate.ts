import { createInterface } from 'node:readline';
import { OPERATE_COMMANDS } from '../operate/index.ts';
import { terminalOf } from '../watch/terminal.ts';
import type { CliHost } from './host.ts';

interface Entry {
  readonly summary: string;
  readonly help: string;
  readonly run: (argv: readonly string[], host: CliHost) => Promise<number>;
}

/** The commands that send an operation to a running gateway, with this process's terminal. */
export const OPERATE: Readonly<Record<string, Entry>> = Object.fromEntries(
  Object.entries(OPERATE_COMMANDS).map(([name, { summary, help, run }]) => [
    name,
    {
      summary,
      help,
      run: (argv: readonly string[], host: CliHost) =>
        run(argv, {
          ...host,
          terminal: terminalOf(process.stdout, host.env),
          // The question is on stderr, so that it does not get into a file or a pipe.
          ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
        }),
    },
  ]),
);

function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    // An interrupt, or the end of the input, is a no.
    lines.on('close', () => resolve(false));
    lines.on('SIGINT', () => lines.close());
    lines.question(`${question} [y/N] `, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      lines.close();
    });
  });
}
