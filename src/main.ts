#!/usr/bin/env node
import { runCli } from './cli.ts';
import { environment } from './config.ts';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

runCli(process.argv.slice(2), {
  env: environment(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  onStop(listener) {
    for (const signal of STOP_SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of STOP_SIGNALS) process.off(signal, listener);
    };
  },
}).then(
  (code) => {
    process.exitCode = code;
    // Output to a pipe is still on its way when the command is over; a stopped server has nothing left to wait for.
    process.stdout.write('', () => process.exit(code));
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () => process.exit(1));
  },
);
