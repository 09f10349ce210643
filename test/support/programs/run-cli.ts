import { runCli } from '../../../src/cli/index.ts';

/** Runs a command of the program to its end, and collects what it prints. */
export async function runCommand(argv: readonly string[]) {
  let out = '';
  let err = '';
  const code = await runCli([...argv], {
    env: {},
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    onStop: () => () => undefined,
  });
  return { code, out, err };
}
