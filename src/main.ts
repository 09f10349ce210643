#!/usr/bin/env node
import { runCli } from './cli/index.ts';
import { environment } from './config/index.ts';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** 128 and the number of SIGPIPE. */
const BROKEN_PIPE = 141;

// Whoever read our output has gone (`... | head -1`): a shell expects the end that a broken pipe makes.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(BROKEN_PIPE);
});

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
  onReload: (listener) => process.on('SIGHUP', listener),
}).then(
  (code) => {
    process.exitCode = code;
    // Output to a pipe is still on its way when the command is over; a stopped server has nothing left to wait for.
    process.stdout.write('', (error) => process.exit(error && code === 0 ? BROKEN_PIPE : code));
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () => process.exit(1));
  },
);
